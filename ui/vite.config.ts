import locales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The nonce is put in by the web process, a new one with each page it serves (src/markaz/web/page_files.py).
const NONCE = "MARKAZ-NONCE";

export default defineConfig({
  // What React Aria says, the pages say themselves (src/components/dates/spoken.ts): its 34 languages stay out, but for its own.
  plugins: [react(), locales.vite({ locales: ["en-US"] })],
  html: { cspNonce: NONCE },
  build: {
    outDir: "../src/markaz/web/pages",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the Content-Security-Policy allows no `data:` fonts
    target: "es2022",
    chunkSizeWarningLimit: 800,
  },
  server: {
    proxy: { "/api": { target: process.env["MARKAZ_WEB"] ?? "http://127.0.0.1:8420", ws: true } },
  },
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
});

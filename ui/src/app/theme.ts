import { type CSSVariablesResolver, type MantineColorsTuple, createTheme } from "@mantine/core";

/** The one accent: it marks what is chosen and the one thing to do next. States have their own colours (states.ts). */
const petrol = [
  "#e8f6f7", "#d4eaec", "#a6d4d8", "#75bdc4", "#4faab3", "#369ea8", "#2798a3", "#17848f", "#0d6d77", "#07535c",
] as const satisfies MantineColorsTuple;

const dark: MantineColorsTuple = [
  "#e4e7ea", "#c3cad0", "#a3adb6", "#7d8791", "#3d454c", "#2f363c", "#262b30", "#1c2024", "#14171a", "#0e1012",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: 8,
  autoContrast: true,
  luminanceThreshold: 0.32,
  colors: { petrol, dark },
  fontFamily: "'Inter Variable', 'Vazirmatn Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', Menlo, monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  fontWeights: { regular: "400", medium: "600", bold: "600" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.4" },
      h2: { fontSize: "1rem", lineHeight: "1.5" },
      h3: { fontSize: "0.875rem", lineHeight: "1.5" },
    },
  },
  spacing: { xs: "0.25rem", sm: "0.5rem", md: "0.75rem", lg: "1rem", xl: "1.5rem" },
  radius: { xs: "0.125rem", sm: "0.25rem", md: "0.375rem", lg: "0.5rem", xl: "1rem" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
});

/** Neutral greys with enough contrast for small text (WCAG 2.2 AA) on every ground that we use. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#f6f7f8",
    "--mantine-color-text": "#1b1f23",
    "--mantine-color-dimmed": "#56606a",
    "--mantine-color-placeholder": "#66707a",
    "--mantine-color-error": "#c01f2e",
    "--accent-text": petrol[8],
    "--ground": "#ffffff",
    "--ground-quiet": "#eef0f2",
    "--line": "#dfe3e6",
    "--state-ready": "#1f7a3d",
    "--state-busy": "#1565c0",
    "--state-wrap-up": "#6b3fb5",
    "--state-not-ready": "#9a5b00",
    "--state-away": "#5f6972",
    "--state-alarm": "#c01f2e",
  },
  dark: {
    "--mantine-color-body": "#14171a",
    "--mantine-color-text": "#e4e7ea",
    "--mantine-color-dimmed": "#a3adb6",
    "--mantine-color-placeholder": "#98a2ab",
    "--mantine-color-error": "#ff8a8f",
    "--accent-text": petrol[3],
    "--ground": "#1c2024",
    "--ground-quiet": "#262b30",
    "--line": "#333a41",
    "--state-ready": "#5fd48a",
    "--state-busy": "#74b3ff",
    "--state-wrap-up": "#bb9bff",
    "--state-not-ready": "#f2b04a",
    "--state-away": "#a3adb6",
    "--state-alarm": "#ff8a8f",
  },
});

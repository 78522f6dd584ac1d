/** The smallest page that has a phone: tests press its buttons by `window.phone`. */
import { createPhone } from "../../ui/src/phone";

const phone = createPhone();
const heard: string[] = [];
phone.subscribe(() => {
  const { line, call, trouble } = phone.state();
  const now = `${line}/${call?.state ?? "-"}/${trouble ?? "-"}`;
  if (heard.at(-1) !== now) heard.push(now);
});

async function ask(path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}

const page = {
  phone,
  heard,
  ask,
  async start(agent: string): Promise<void> {
    phone.start((await ask(`/api/agents/${agent}/sign-in`, { phone: "browser" })) as Parameters<typeof phone.start>[0]);
  },
};

export type PhonePage = typeof page;
Object.assign(globalThis, page);

// So that a test can cut the phone's socket as a network does: without a goodbye of the page's.
const sockets: WebSocket[] = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    sockets.push(this);
  }
};
Object.assign(globalThis, {
  cut: () => {
    for (const socket of sockets) socket.close(4000);
  },
});

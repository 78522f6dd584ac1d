import { type ReactNode, createContext, use, useEffect, useState, useSyncExternalStore } from "react";
import { LiveConnection } from "./connection";
import { type LiveState, NOTHING } from "./reducer";
import type { AgentValue, ContactValue, FloorValue, QueueValue } from "./values";

const LiveContext = createContext<LiveConnection | null>(null);
const silent = { subscribe: () => () => undefined, state: () => NOTHING };

/** Follows the floor for everything below it, and connects anew when `session` is another. */
export function Live({ session, whenEnded, children }: { session: number; whenEnded: () => void; children: ReactNode }) {
  const [connection] = useState(() => {
    const url = new URL("/api/live", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    return new LiveConnection(url.href, whenEnded);
  });
  useEffect(() => {
    connection.open();
    return () => connection.close();
  }, [connection, session]);
  return <LiveContext value={connection}>{children}</LiveContext>;
}

/** A part of the live state. `choose` must give the same object while nothing has changed. */
export function useLiveState<T>(choose: (state: LiveState) => T): T {
  const { subscribe, state } = use(LiveContext) ?? silent;
  return useSyncExternalStore(subscribe, () => choose(state()));
}

function useValue(key: string | null): unknown {
  return useLiveState((state) => (key === null ? undefined : state.values[key]));
}

export function useLiveAgent(agent: string | null): AgentValue | null {
  return (useValue(agent === null ? null : `agents/${agent}`) as AgentValue | undefined) ?? null;
}

export function useLiveContact(contact: string | null): ContactValue | null {
  return (useValue(contact === null ? null : `contacts/${contact}`) as ContactValue | undefined) ?? null;
}

export function useLiveQueue(queue: string | null): QueueValue | null {
  return (useValue(queue === null ? null : `queues/${queue}`) as QueueValue | undefined) ?? null;
}

export function useLiveFloor(): FloorValue | null {
  return (useValue("floor") as FloorValue | undefined) ?? null;
}

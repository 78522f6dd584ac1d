/** The desk's keys. They go by the place on the keyboard, so that they work in every layout (Russian, Arabic...). */

import { useEffect, useRef } from "react";

export type Shortcut =
  | "accept" | "ready" | "hold" | "mute" | "transfer" | "keypad" | "recording" | "hang_up" | "note" | "next" | "finish"
  | "first" | "second" | "third" | "listen" | "whisper" | "barge" | "take_over" | "pause_project";

/** `shown` is what stands beside the action. Alt with D, E and F belongs to browsers. */
export const SHORTCUTS: Record<Shortcut, { code: string; shown: string }> = {
  accept: { code: "KeyA", shown: "Alt A" },
  ready: { code: "KeyR", shown: "Alt R" },
  hold: { code: "KeyH", shown: "Alt H" },
  mute: { code: "KeyM", shown: "Alt M" },
  transfer: { code: "KeyT", shown: "Alt T" },
  keypad: { code: "KeyK", shown: "Alt K" },
  recording: { code: "KeyP", shown: "Alt P" },
  hang_up: { code: "KeyX", shown: "Alt X" },
  note: { code: "KeyN", shown: "Alt N" },
  next: { code: "KeyS", shown: "Alt S" },
  finish: { code: "KeyW", shown: "Alt W" },
  first: { code: "Digit1", shown: "Alt 1" },
  second: { code: "Digit2", shown: "Alt 2" },
  third: { code: "Digit3", shown: "Alt 3" },
  listen: { code: "KeyL", shown: "Alt L" },
  whisper: { code: "KeyG", shown: "Alt G" },
  barge: { code: "KeyB", shown: "Alt B" },
  take_over: { code: "KeyO", shown: "Alt O" },
  pause_project: { code: "KeyZ", shown: "Alt Z" },
};

type Handlers = Partial<Record<Shortcut, (() => void) | undefined>>;

/** Call `handlers` on their keys while the component is shown. An undefined one is not to be had at the moment. */
export function useShortcuts(handlers: Handlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
      const found = (Object.keys(SHORTCUTS) as Shortcut[]).find((name) => SHORTCUTS[name].code === event.code);
      const handler = found === undefined ? undefined : latest.current[found];
      if (handler === undefined) return;
      event.preventDefault();
      handler();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}

/** Enter accepts what is offered, unless somebody is writing or stands on a button of their own. */
export function useEnter(accept: (() => void) | null): void {
  const latest = useRef(accept);
  useEffect(() => {
    latest.current = accept;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
      const at = event.target instanceof HTMLElement ? event.target : null;
      if (latest.current === null || at?.closest("input, textarea, select, button, a, [contenteditable], [role=dialog]") != null) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}

import { useEffect, useRef, useState } from "react";

const PAUSE_MILLISECONDS = 1_500;
const WAITING_MILLISECONDS_MAX = 15_000; // a key may be stuck
const SIGNS = ["keydown", "input"] as const; // what is dictated has no keys

/** Whether `isWanted`, and nothing was typed for a moment: what then takes the keyboard breaks no sentence off. */
export function usePauseInTyping(isWanted: boolean): boolean {
  const typedAt = useRef(-Infinity);
  const [isPaused, setPaused] = useState(false);
  useEffect(() => {
    const typed = () => (typedAt.current = performance.now());
    for (const kind of SIGNS) window.addEventListener(kind, typed, { capture: true });
    return () => {
      for (const kind of SIGNS) window.removeEventListener(kind, typed, { capture: true });
    };
  }, []);
  useEffect(() => {
    if (!isWanted) return;
    let timer: ReturnType<typeof setTimeout>;
    const latest = performance.now() + WAITING_MILLISECONDS_MAX;
    const look = () => {
      const left = Math.min(typedAt.current + PAUSE_MILLISECONDS, latest) - performance.now();
      if (left > 0) timer = setTimeout(look, left);
      else setPaused(true);
    };
    look();
    return () => {
      clearTimeout(timer);
      setPaused(false);
    };
  }, [isWanted]);
  return isWanted && isPaused;
}

import { useEffect, useState } from "react";
import { Echoes } from "./Echoes";

/** What is typed, apart from what the caller has: a caller has "" while something is half typed, which is not to go away. */
export function useTyped<Value>(value: string, read: (text: string) => Value | null) {
  const [echoes] = useState(() => new Echoes());
  const [kept, keep] = useState(() => ({ value, held: read(value), adopted: 0 }));
  if (value !== kept.value) {
    keep(echoes.isAwaited(value) ? { ...kept, value } : { value, held: read(value), adopted: kept.adopted + 1 });
  }
  return { held: kept.held, hold: (held: Value | null) => keep((before) => ({ ...before, held })), adopted: kept.adopted, echoes };
}

/** Tell the caller what is `written`, each time that it changes. */
export function useTelling({ echoes, adopted }: { echoes: Echoes; adopted: number }, written: string, given: { value: string; onChange: (value: string) => void }): void {
  const { value, onChange } = given;
  useEffect(() => {
    if (echoes.isNews(written, adopted)) onChange(written);
    echoes.came(value);
  }, [adopted, echoes, onChange, value, written]);
}

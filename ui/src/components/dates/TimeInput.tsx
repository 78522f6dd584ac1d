import type { Time } from "@internationalized/date";
import { I18nProvider } from "react-aria/I18nProvider";
import { useTimeFieldState } from "react-stately/useTimeFieldState";
import { useWords } from "../../app/words";
import type { FieldGiven } from "./given";
import { Segmented } from "./Segmented";
import { speak } from "./spoken";
import { useTelling, useTyped } from "./useTyped";
import { readIn, timeIn, timeText } from "./values";

/** A time of the day, with the digits and the clock that the page shows times with. */
export function TimeInput(given: FieldGiven) {
  const { say, intl } = useWords();
  speak(say);
  return <I18nProvider locale={readIn(intl.locale)}><Clock {...given} /></I18nProvider>;
}

function Clock(given: FieldGiven) {
  const { say, intl } = useWords();
  const typed = useTyped<Time>(given.value, timeIn);
  const state = useTimeFieldState<Time>({ value: typed.held, onChange: typed.hold, locale: intl.locale, isDisabled: given.disabled ?? false });
  const written = state.segments.some(({ isPlaceholder }) => isPlaceholder) ? "" : timeText(typed.held);
  useTelling(typed, written, given);
  return <Segmented given={given} state={state} written={written} wanted={say("time.wanted")} />;
}

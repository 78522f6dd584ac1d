import type { useWords } from "../../app/words";

type Say = ReturnType<typeof useWords>["say"];
type Said = Record<string, (values?: Record<string, string>) => string>;

let say: Say | null = null;

const of = (id: Parameters<Say>[0]) => (values?: Record<string, string>) => say?.(id, values) ?? "";

/**
 * What React Aria says to whoever hears the page. It knows neither Persian nor Vietnamese, so the pages' own messages are
 * put in the place where it looks for strings that a server has chosen (`react-aria/i18n`). `make pages` leaves its own out.
 */
const SAID: Record<string, Said> = {
  "@react-aria/datepicker": { selectedDateDescription: of("date.chosen"), selectedTimeDescription: of("time.chosen") },
  "@react-aria/spinbutton": { Empty: of("date.empty") },
  "@react-aria/calendar": {
    previous: of("date.previous"), next: of("date.next"), selectedDateDescription: of("date.chosen"),
    todayDate: of("date.today"), todayDateSelected: of("date.today_chosen"), dateSelected: of("date.chosen_cell"),
  },
};

Object.assign(window, { [Symbol.for("react-aria.i18n.locale")]: "en-US", [Symbol.for("react-aria.i18n.strings")]: SAID });

/** From now on in the language of `words`: that of the page, one at a time. */
export function speak(words: Say): void {
  say = words;
}

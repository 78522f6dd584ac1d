import { ActionIcon, Popover } from "@mantine/core";
import { CalendarDays } from "lucide-react";
import type { CalendarDate } from "@internationalized/date";
import { useRef, useState } from "react";
import { I18nProvider } from "react-aria/I18nProvider";
import { type DateFieldState, useDateFieldState } from "react-stately/useDateFieldState";
import { useWords } from "../../app/words";
import { Month } from "./Month";
import type { FieldGiven } from "./given";
import { Segmented } from "./Segmented";
import { speak } from "./spoken";
import { useTelling, useTyped } from "./useTyped";
import { calendarOf, dayIn, dayText, readIn } from "./values";

/** A day, typed or chosen in a calendar, as the reader's own calendar has it. */
export function DateInput(given: FieldGiven) {
  const { say, intl } = useWords();
  speak(say);
  return <I18nProvider locale={readIn(intl.locale)}><Day {...given} /></I18nProvider>;
}

function Day(given: FieldGiven) {
  const { say, intl } = useWords();
  const [isOpen, setOpen] = useState(false);
  const typed = useTyped(given.value, dayIn);
  const field = useDateFieldState<CalendarDate>({
    value: typed.held, onChange: typed.hold, locale: intl.locale, createCalendar: calendarOf, granularity: "day",
    isDisabled: given.disabled ?? false,
  });
  const state = { ...field, setOpen }; // Alt and an arrow open the calendar
  const written = isAsHeld(state) ? dayText(typed.held) : "";
  useTelling(typed, written, given);
  const opener = useRef<HTMLButtonElement>(null);
  const turn = (open: boolean) => {
    const isAtHand = document.activeElement?.closest("[role=dialog]") != null;
    setOpen(open);
    if (!open && isAtHand) opener.current?.focus(); // a day that was in hand goes away
  };
  const done = (day: CalendarDate | null) => {
    state.setValue(day);
    turn(false);
  };
  const section = (
    <Popover opened={isOpen} onChange={turn} position="bottom-end" trapFocus withRoles transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <ActionIcon ref={opener} variant="subtle" color="gray" disabled={given.disabled ?? false} aria-label={say("date.open", { field: given.label ?? given["aria-label"] })} onClick={() => setOpen(!isOpen)}>
          <CalendarDays size={16} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <Month value={dayIn(written)} choose={done} clear={given.required === true || state.segments.every(({ isPlaceholder, isEditable }) => !isEditable || isPlaceholder) ? null : () => done(null)} />
      </Popover.Dropdown>
    </Popover>
  );
  return <Segmented given={given} state={state} written={written} wanted={say("date.wanted")} section={section} />;
}

/** Whether the day that is shown is whole, and is the one that is held: there may be no 31st. */
function isAsHeld({ segments, value }: DateFieldState): boolean {
  if (value === null) return false;
  return segments.every((one) => {
    if (one.isPlaceholder) return false;
    return one.type === "year" || one.type === "month" || one.type === "day" ? value[one.type] === one.value : true;
  });
}

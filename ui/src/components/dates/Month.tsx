import { ActionIcon, Button, Group, useDirection } from "@mantine/core";
import { type CalendarDate, getLocalTimeZone, today } from "@internationalized/date";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useId, useRef } from "react";
import { useCalendar, useCalendarCell, useCalendarGrid } from "react-aria/useCalendar";
import { type CalendarState, useCalendarState } from "react-stately/useCalendarState";
import { useWords } from "../../app/words";
import styles from "./dates.module.css";
import { calendarOf } from "./values";

/** A month of the reader's calendar; a day is chosen by arrows and Enter, or by a click. */
export function Month({ value, choose, clear }: { value: CalendarDate | null; choose: (day: CalendarDate) => void; clear: (() => void) | null }) {
  const { say, intl } = useWords();
  const { dir } = useDirection();
  const title = useId();
  const state = useCalendarState({ value, onChange: choose, locale: intl.locale, createCalendar: calendarOf, autoFocus: true });
  const { calendarProps, title: shown, prevButtonProps, nextButtonProps } = useCalendar({ "aria-labelledby": title }, state);
  const { gridProps, headerProps, weekDays, weeksInMonth } = useCalendarGrid({ weekdayStyle: dir === "rtl" ? "narrow" : "short" }, state);
  const [Before, After] = dir === "rtl" ? [ChevronRight, ChevronLeft] : [ChevronLeft, ChevronRight];
  return (
    <div {...calendarProps} className={styles["month"]}>
      <Group justify="space-between" wrap="nowrap">
        <ActionIcon variant="subtle" color="gray" aria-label={say("date.previous")} disabled={prevButtonProps.isDisabled === true} onClick={() => state.focusPreviousPage()}><Before size={16} aria-hidden /></ActionIcon>
        <b id={title} aria-live="polite">{shown}</b>
        <ActionIcon variant="subtle" color="gray" aria-label={say("date.next")} disabled={nextButtonProps.isDisabled === true} onClick={() => state.focusNextPage()}><After size={16} aria-hidden /></ActionIcon>
      </Group>
      <table {...gridProps}>
        <thead {...headerProps}><tr>{weekDays.map((day, n) => <th key={n}>{day}</th>)}</tr></thead>
        <tbody>
          {Array.from({ length: weeksInMonth }, (_, week) => (
            <tr key={week}>{state.getDatesInWeek(week).map((day, n) => (day === null ? <td key={n} /> : <Cell key={n} day={day} state={state} />))}</tr>
          ))}
        </tbody>
      </table>
      <Group justify="space-between" wrap="nowrap">
        <Button variant="subtle" size="compact-sm" onClick={() => choose(today(getLocalTimeZone()))}>{say("date.choose_today")}</Button>
        {clear !== null && <Button variant="subtle" size="compact-sm" color="gray" onClick={clear}>{say("date.clear")}</Button>}
      </Group>
    </div>
  );
}

function Cell({ day, state }: { day: CalendarDate; state: CalendarState }) {
  const ref = useRef<HTMLDivElement>(null);
  const { cellProps, buttonProps, isSelected, isOutsideVisibleRange, formattedDate } = useCalendarCell({ date: day }, state, ref);
  const isToday = day.compare(today(getLocalTimeZone())) === 0;
  const isInHand = day.compare(state.focusedDate) === 0;
  return (
    <td {...cellProps}>
      <div
        {...buttonProps} ref={ref} className={styles["day"]} hidden={isOutsideVisibleRange} data-chosen={isSelected || undefined}
        data-today={isToday || undefined} data-autofocus={isInHand || undefined}
      >
        {formattedDate}
      </div>
    </td>
  );
}

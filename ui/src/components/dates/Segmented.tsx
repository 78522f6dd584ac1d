import { Input } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { mergeRefs } from "@mantine/hooks";
import { useDateField, useDateSegment } from "react-aria/useDateField";
import type { DateFieldState, DateSegment } from "react-stately/useDateFieldState";
import styles from "./dates.module.css";
import type { FieldGiven } from "./given";

const RIGHT_TO_LEFT_MARK = "\u200f";
const UNFIT = "input:invalid, textarea:invalid, select:invalid";

interface Given {
  given: FieldGiven;
  state: DateFieldState;
  /** What the caller is told: "" while nothing, or not all of it, is typed. */
  written: string;
  /** What is missing, in words. */
  wanted: string;
  section?: ReactNode;
}

/** Mantine's input with a day or a time in it, part by part. A form that is sent asks it as it asks any input. */
export function Segmented({ given, state, written, wanted, section }: Given) {
  const { label, description, required = false, disabled = false, size = "sm" } = given;
  const id = useId();
  const group = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [isInside, enter] = useState(false);
  const [wasTried, setTried] = useState(false);
  const isBegun = state.segments.some((one) => one.isEditable && !one.isPlaceholder);
  const isUnfinished = isBegun && written === "";
  const isLacking = (isUnfinished && !isInside) || (wasTried && written === "" && (required || isBegun));
  const error = isPresent(given.error) ? given.error : isLacking ? wanted : null;
  const names = { label: `${id}label`, description: `${id}description`, error: `${id}error` };
  const { fieldProps } = useDateField(
    {
      ...(label === undefined ? { "aria-label": given["aria-label"] ?? "" } : { "aria-labelledby": names.label }),
      "aria-describedby": [error === null ? "" : names.error, description === undefined ? "" : names.description].join(" ").trim(),
      autoFocus: given.autoFocus ?? false,
      isDisabled: disabled,
      onFocusChange: enter,
    },
    state,
    group,
  );
  useEffect(() => {
    input.current?.setCustomValidity(isUnfinished ? wanted : "");
  }, [isUnfinished, wanted]);
  const focus = () => group.current?.querySelector<HTMLElement>("[contenteditable=true]")?.focus();
  const send = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== "Enter" || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    input.current?.form?.requestSubmit(); // as from any input
  };
  return (
    <Input.Wrapper
      label={label} description={description} error={error} size={size} required={required || given.withAsterisk === true}
      labelElement="div" labelProps={{ id: names.label, onClick: focus }} descriptionProps={{ id: names.description }} errorProps={{ id: names.error }}
      w={given.w} maw={given.maw}
    >
      <Input
        component="div" {...fieldProps} id={fieldProps.id ?? id} ref={group} className={styles["field"] ?? ""} withAria={false} size={size} error={error !== null} disabled={disabled}
        rightSection={section} rightSectionPointerEvents="all" onKeyDownCapture={send} data-date-field={label ?? given["aria-label"]}
      >
        <span className={styles["segments"]} dir={directionOf(state)}>
          {state.segments.map((segment, n) => <Segment key={n} segment={segment} state={state} isWrong={error !== null} />)}
        </span>
        <input
          ref={mergeRefs(input, given.ref)} className={styles["value"]} tabIndex={-1} aria-hidden value={written} required={required} disabled={disabled}
          onChange={() => undefined} onFocus={focus}
          onInvalid={(event) => {
            event.preventDefault(); // the browser's own words would be in another language
            setTried(true);
            if (event.currentTarget.form?.querySelector(UNFIT) === event.currentTarget) focus();
          }}
        />
      </Input>
    </Input.Wrapper>
  );
}

function Segment({ segment, state, isWrong }: { segment: DateSegment; state: DateFieldState; isWrong: boolean }) {
  const ref = useRef<HTMLSpanElement>(null);
  const { segmentProps } = useDateSegment(segment, state, ref);
  if (segment.type === "literal") return <span {...segmentProps}>{segment.text}</span>;
  return (
    <span {...segmentProps} ref={ref} className={styles["segment"]} data-part={segment.type} aria-invalid={isWrong ? true : undefined}>
      {segment.text}
    </span>
  );
}

/** Which way a shown day runs: digits and strokes run to the right in every language, but for where a mark turns them. */
function directionOf(state: DateFieldState): "ltr" | undefined {
  const isDay = state.segments.some(({ type }) => type === "day");
  return isDay && !state.segments.some(({ text }) => text.includes(RIGHT_TO_LEFT_MARK)) ? "ltr" : undefined;
}

function isPresent(node: ReactNode): boolean {
  return node !== undefined && node !== null && node !== false && node !== "";
}

import { useEffect, useState } from "react";
import { useIntl } from "react-intl";
import { type Written, written } from "./durations";

const SECOND_MILLISECONDS = 1000;

function useWritten(seconds: number, as: Written): string {
  const intl = useIntl();
  return written(seconds, as, intl.locale);
}

/** A length of time in seconds: 1:05, and from an hour on 1:02:09. */
export function Duration({ seconds }: { seconds: number }) {
  return <time dateTime={`PT${Math.round(seconds)}S`}>{useWritten(seconds, "clock")}</time>;
}

/** The time since `moment` (ISO 8601), counting; the page counts by itself, nothing is sent each second. */
export function Since({ moment }: { moment: string }) {
  const now = useNow();
  return <Duration seconds={Math.max(0, (now - Date.parse(moment)) / SECOND_MILLISECONDS)} />;
}

/** The time left until `moment`; zero when it is past. */
export function Until({ moment }: { moment: string }) {
  const now = useNow();
  return <Duration seconds={Math.max(0, Math.ceil((Date.parse(moment) - now) / SECOND_MILLISECONDS))} />;
}

/** The present moment in milliseconds since 1970, anew each second. */
export function useNow(): number {
  const [now, set] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), SECOND_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

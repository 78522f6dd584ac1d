import { useIntl } from "react-intl";
import { useNow } from "../../components/Duration";
import { agedSince, ageWritten } from "./age";

interface Given {
  /** Elapsed when the server answered. */
  seconds: number;
  /** When that was, by this device's clock. */
  answeredAt: number;
  /** It is over: nothing is added any more. */
  stopped?: boolean;
}

/** An age that both sides see alike: counted by the server, and carried on here. */
export function Age({ seconds, answeredAt, stopped = false }: Given) {
  const { locale } = useIntl();
  const now = useNow();
  const shown = stopped ? seconds : agedSince(seconds, answeredAt, now);
  return <time dateTime={`PT${Math.round(shown)}S`}>{ageWritten(shown, locale)}</time>;
}

/** What is left until an answer is escalated by itself. */
export function Left({ seconds, answeredAt }: { seconds: number; answeredAt: number }) {
  const { locale } = useIntl();
  const now = useNow();
  return <>{ageWritten(agedSince(0, answeredAt, now) < seconds ? seconds - agedSince(0, answeredAt, now) : 0, locale)}</>;
}

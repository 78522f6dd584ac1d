import { useIntl } from "react-intl";
import { useWords } from "../../app/words";
import { written } from "../../components/durations";
import type { AlarmValue } from "../../live/values";
import { useNameOf } from "../desk/names";

const SECTIONS = {
  longest_wait: "queues", waiting: "queues", service_level: "queues", nobody_ready: "queues",
  in_wrap_up: "agents", not_ready: "agents", in_conversation: "agents", project_paused: "projects", telephony_away: "queues",
} as const satisfies Record<AlarmValue["kind"], "queues" | "agents" | "projects">;

/** An alarm's cause in the reader's words: what was so when it rose. */
export function useAlarmSentence({ kind, subject, parameters }: AlarmValue): string {
  const { say } = useWords();
  const { locale } = useIntl();
  const name = useNameOf(SECTIONS[kind], subject === "" ? null : subject);
  return say(`floor.alarm.${kind}`, {
    name: `\u2068${name}\u2069`, // a name of whatever direction stays by itself
    lasted: written(parameters["seconds"] ?? 0, "clock", locale),
    waiting: parameters["waiting"] ?? 0,
    share: parameters["share"] ?? 0,
    offered: parameters["offered"] ?? 0,
  });
}

import { Text, Title } from "@mantine/core";
import { Clock, Headset, ListTree, MessageSquareText, PhoneIncoming, Volume2 } from "lucide-react";
import { useEffect, useMemo } from "react";
import { useWords } from "../../../app/words";
import type { Document } from "../contract";
import { daysShown, periodsIn, tableIn } from "../entries/shown";
import { entriesOf, find, idOf, nameIn } from "../entries/values";
import { pieces, scriptOf } from "../scripts/graph";
import { type Draft, dialled } from "./draft";
import styles from "./NewNumberPage.module.css";

/** What a caller of the new number will hear and meet, as far as the form is filled. */
export function Preview({ draft, document, sound }: { draft: Draft; document: Document; sound: File | null }) {
  const { say, intl } = useWords();
  const names = servers(draft, document);
  const lines = linesOf(draft, document);
  const hours = hoursOf(draft, document);
  return (
    <aside className={`panel ${styles["preview"] ?? ""}`} aria-label={say("preview.title")}>
      <Title order={2}>{say("preview.title")}</Title>
      <ol className={styles["steps"]}>
        <li>
          <PhoneIncoming size={16} aria-hidden />
          {say("preview.calls")} <bdi dir="ltr"><strong>{dialled(draft.number) || "…"}</strong></bdi>
        </li>
        {hours !== null && (
          <li>
            <Clock size={16} aria-hidden />
            {say("preview.hours")}
            <div>{hours.periods.map((period, n) => <div key={n}>{daysShown(period.days, intl)} <bdi dir="ltr">{period.since}–{period.until}</bdi></div>)}</div>
            <Text size="sm" className="quiet"><bdi dir="ltr">{hours.zone}</bdi></Text>
            <Text size="sm" className="quiet" mt={4}>{say("preview.otherwise")}</Text>
            <p className={styles["said"]} dir="auto">{draft.closed || "…"}</p>
          </li>
        )}
        <li>
          <Volume2 size={16} aria-hidden />
          {say("preview.hears")}
          {sound === null ? <p className={styles["said"]} dir="auto">{draft.greeting || "…"}</p> : <Sound file={sound} />}
        </li>
        <li>
          <ListTree size={16} aria-hidden />
          {say("preview.waits")} <strong><bdi>{draft.isNewQueue ? draft.name || "…" : draft.queue === null ? "…" : nameIn(document, "queues", draft.queue)}</bdi></strong>
        </li>
        <li>
          <Headset size={16} aria-hidden />
          {say("preview.answers", { count: names.length })}
          {names.length > 0 && <Text size="sm" className="quiet"><bdi>{intl.formatList(names.slice(0, 6))}</bdi>{names.length > 6 && ` +${intl.formatNumber(names.length - 6)}`}</Text>}
        </li>
        <li>
          <MessageSquareText size={16} aria-hidden />
          {say("preview.says")}
          {lines.length === 0 ? <Text size="sm" className="quiet">{say("preview.no_script")}</Text> : lines.map((line, n) => (
            <p key={n} className={styles["line"]} dir="auto">
              {pieces(line).map((piece, place) => (piece.variable ? <code key={place}>{`{${piece.text}}`}</code> : <span key={place}>{piece.text}</span>))}
            </p>
          ))}
        </li>
      </ol>
    </aside>
  );
}

function Sound({ file }: { file: File }) {
  const { say } = useWords();
  const address = useMemo(() => URL.createObjectURL(file), [file]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return <audio controls src={address} dir="ltr" aria-label={say("prompt.listen")} style={{ width: "100%", height: 36 }} />;
}

function servers(draft: Draft, document: Document): string[] {
  if (draft.isNewQueue) return draft.agents.map((agent) => nameIn(document, "agents", agent));
  const queue = draft.queue;
  if (queue === null) return [];
  const serving = entriesOf(document, "agents").filter((agent) => tableIn(agent["queues"])[queue] !== undefined);
  return serving.map((agent) => nameIn(document, "agents", idOf("agents", agent)));
}

function linesOf(draft: Draft, document: Document): string[] {
  const script = draft.isNewProject || draft.project === null ? undefined : find(document, "projects", draft.project)?.["script"];
  const entry = typeof script === "string" ? find(document, "scripts", script) : undefined;
  if (entry === undefined) return draft.lines.filter((line) => line.trim() !== "");
  const { steps, start } = scriptOf(entry);
  const first = steps[start]?.text;
  return first == null ? [] : [first];
}

function hoursOf(draft: Draft, document: Document) {
  if (draft.hours === "always") return null;
  if (draft.hours === "new") return { zone: draft.zone, periods: draft.weekly };
  const calendar = draft.calendar === null ? undefined : find(document, "calendars", draft.calendar);
  if (calendar === undefined) return { zone: "…", periods: [] };
  return { zone: typeof calendar["zone"] === "string" ? calendar["zone"] : "", periods: periodsIn(calendar["weekly"]) };
}


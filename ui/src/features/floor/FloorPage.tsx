import { Button, Text, Title } from "@mantine/core";
import { BellRing, MonitorUp, Pause } from "lucide-react";
import { type KeyboardEvent, useMemo } from "react";
import { Link, Route, Routes, useSearchParams } from "react-router";
import { useActions } from "../../app/actions";
import { useMay } from "../../app/session";
import { useWords } from "../../app/words";
import { PageSkeleton } from "../../components/PageSkeleton";
import { useLiveState } from "../../live/live";
import { SHORTCUTS, useShortcuts } from "../desk/shortcuts";
import { AgentDrawer } from "./AgentDrawer";
import { AlarmList } from "./AlarmList";
import { AlarmRules } from "./AlarmRules";
import { AgentGrid } from "./AgentGrid";
import styles from "./FloorPage.module.css";
import { floorOf } from "./floor";
import { PausePanel } from "./PausePanel";
import { QueueDrawer } from "./QueueDrawer";
import { QueueRows } from "./QueueRows";
import { WallPage } from "./WallPage";

const PAUSE = "pause";
const RULES = "rules";

/** The floor as it is this second, and the wall's six numbers. */
export function Component() {
  return (
    <Routes>
      <Route index element={<FloorPage />} />
      <Route path="wall" element={<WallPage />} />
    </Routes>
  );
}

function FloorPage() {
  const { say } = useWords();
  const may = useMay();
  const values = useLiveState((state) => state.values);
  const isKnown = useLiveState((state) => state.number !== null || Object.keys(state.values).length > 0);
  const floor = useMemo(() => floorOf(values), [values]);
  const [search, setSearch] = useSearchParams();
  const open = search.get("open");
  const choose = (what: string | null) => setSearch(what === null ? {} : { open: what }, { replace: true });
  const pause = may("projects.pause") ? () => choose(open === PAUSE ? null : PAUSE) : undefined;
  useShortcuts({ pause_project: pause });
  useActions("floor", useMemo(
    () => pause === undefined ? [] : [{ id: "pause", label: say("floor.pause"), keys: SHORTCUTS.pause_project.shown, run: pause }],
    // eslint-disable-next-line react-hooks/exhaustive-deps -- it opens the same panel each time
    [may, say],
  ));
  if (!isKnown) return <PageSkeleton />;
  const [kind, id = ""] = open === null ? [null] : [open.slice(0, open.indexOf(":")), open.slice(open.indexOf(":") + 1)];
  return (
    <div className={styles["page"]} onKeyDown={walkRows}>
      <div className={styles["work"]}>
        <header className={styles["head"]}>
          <Title order={1}>{say("nav.floor")}</Title>
          <Text size="sm" className="quiet">{say("floor.keys")}</Text>
          {may("alarms.manage") && <Button variant="default" leftSection={<BellRing size={16} aria-hidden />} onClick={() => choose(open === RULES ? null : RULES)}>{say("floor.rules")}</Button>}
          <Button component={Link} to="/floor/wall" variant="default" leftSection={<MonitorUp size={16} aria-hidden />}>{say("floor.wall")}</Button>
          {pause !== undefined && (
            <Button leftSection={<Pause size={16} aria-hidden />} rightSection={<kbd className="key">{SHORTCUTS.pause_project.shown}</kbd>} onClick={pause}>{say("floor.pause")}</Button>
          )}
        </header>
        <AlarmList onOpen={choose} />
        <QueueRows queues={floor.queues} agents={floor.agents} open={open} onOpen={choose} />
        <AgentGrid agents={floor.agents} open={open} onOpen={choose} />
      </div>
      {open === PAUSE && <PausePanel floor={floor} close={() => choose(null)} />}
      {open === RULES && <AlarmRules close={() => choose(null)} />}
      {kind === "queue" && <QueueDrawer key={id} id={id} floor={floor} close={() => choose(null)} onOpen={choose} />}
      {kind === "agent" && <AgentDrawer key={id} id={id} floor={floor} close={() => choose(null)} />}
    </div>
  );
}

/** Arrows go from row to row, and from card to card. */
function walkRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = event.target instanceof HTMLElement ? event.target.closest("[data-row]") : null;
  if (step === undefined || at === null) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const next = rows[rows.indexOf(at as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

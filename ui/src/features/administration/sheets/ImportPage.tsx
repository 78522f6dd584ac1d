import { Alert, Button, FileButton, Group, Select, Stack, Switch, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Download, FileUp } from "lucide-react";
import { type DragEvent, useState } from "react";
import { RequestFailed } from "../../../api/problems";
import { useWords } from "../../../app/words";
import { Failure } from "../../../components/Failure";
import { showFailure } from "../../../components/FailureToast";
import { type Imported, SHEETS, type Sheet, type SheetProblem, request } from "../contract";
import { useSaved } from "../entries/saved";
import { useRefresh } from "../organisation";
import { download } from "../table/download";
import styles from "./ImportPage.module.css";

const BYTES_MAX = 5_000_000;
const PLACES_SHOWN_MAX = 200;

interface Asked {
  sheet: Sheet;
  file: File;
  replace: boolean;
  dry: boolean;
}

function bring({ sheet, file, replace, dry }: Asked): Promise<Imported> {
  const query = new URLSearchParams({ dry_run: String(dry), replace: String(replace) });
  return request<Imported>("post", `/api/organisation/${sheet}.csv?${query.toString()}`, { body: file, type: "text/csv" });
}

/** Brings a sheet in: every problem with its line first, what would change, and only then the change. */
export function ImportPage() {
  const { say } = useWords();
  const refresh = useRefresh();
  const tell = useSaved();
  const [sheet, setSheet] = useState<Sheet>("agents");
  const [replace, setReplace] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const trial = useMutation({ mutationFn: bring, meta: { toldInPlace: true } });
  const applying = useMutation({ mutationFn: bring, onSuccess: refresh, meta: { toldInPlace: true } });
  const tryOut = (chosen: File | null, changed: Partial<Asked> = {}) => {
    setFile(chosen);
    applying.reset();
    trial.reset();
    if (chosen !== null && chosen.size <= BYTES_MAX) trial.mutate({ sheet, replace, file: chosen, dry: true, ...changed });
  };
  const apply = async () => {
    if (file === null) return;
    try {
      const made = await applying.mutateAsync({ sheet, replace, file, dry: false });
      tell(say("import.done", { name: file.name }), made.edited);
      tryOut(null);
    } catch {
      // Told on the page.
    }
  };
  const fetchSheet = async () => {
    try {
      download(`${sheet}.csv`, await request<Blob>("get", `/api/organisation/${sheet}.csv`, { as: "blob" }));
    } catch (error) {
      showFailure(error);
    }
  };
  const error = applying.error ?? trial.error;
  return (
    <Stack gap="md" maw={880}>
      <Stack gap={0}>
        <Title order={1}>{say("import.title")}</Title>
        <Text className="quiet">{say("import.text")}</Text>
      </Stack>
      <Group align="end">
        <Select
          label={say("import.sheet")} allowDeselect={false} value={sheet} data={SHEETS.map((one) => ({ value: one, label: one === "holidays" ? say("field.holidays") : say(`section.${one}`) }))}
          onChange={(to) => { const chosen = SHEETS.find((one) => one === to) ?? sheet; setSheet(chosen); tryOut(file, { sheet: chosen }); }}
        />
        <Button variant="default" leftSection={<Download size={16} aria-hidden />} onClick={() => void fetchSheet()}>{say("import.export")}</Button>
      </Group>
      <Switch
        label={say("import.replace")} description={say("import.replace.hint")} checked={replace}
        onChange={(event) => { setReplace(event.currentTarget.checked); tryOut(file, { replace: event.currentTarget.checked }); }}
      />
      <DropZone file={file} put={(chosen) => tryOut(chosen)} />
      {file !== null && file.size > BYTES_MAX && <Alert color="red">{say("import.too_large")}</Alert>}
      {trial.isPending && <Text role="status">{say("import.checking", { name: file?.name ?? "" })}</Text>}
      {trial.data !== undefined && applying.error === null && <Outcome found={trial.data} busy={applying.isPending} apply={() => void apply()} />}
      {error !== null && <Refused error={error} again={() => tryOut(file)} />}
    </Stack>
  );
}

function DropZone({ file, put }: { file: File | null; put: (file: File) => void }) {
  const { say, intl } = useWords();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [dropped] = event.dataTransfer.files;
    if (dropped !== undefined) put(dropped);
  };
  return (
    <div className={styles["zone"]} data-over={over} onDrop={drop} onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}>
      <FileUp size={24} aria-hidden />
      {file === null ? <Text>{say("import.drop")}</Text> : <Text><bdi>{file.name}</bdi> · {say("import.size", { kilobytes: intl.formatNumber(Math.ceil(file.size / 1000)) })}</Text>}
      <FileButton accept=".csv,text/csv" onChange={(chosen) => { if (chosen !== null) put(chosen); }}>
        {(given) => <Button {...given} variant={file === null ? "filled" : "default"}>{say(file === null ? "import.choose" : "import.other")}</Button>}
      </FileButton>
    </div>
  );
}

function Outcome({ found, busy, apply }: { found: Imported; busy: boolean; apply: () => void }) {
  const { say, intl } = useWords();
  const { added, changed, retired } = found.edited;
  const total = added.length + changed.length + retired.length;
  const figures = [["added", added.length], ["changed", changed.length], ["unchanged", found.unchanged], ["retired", retired.length]] as const;
  return (
    <section className="panel" aria-label={say("import.would")}>
      <Stack p="lg" gap="md">
        <Title order={2}>{say("import.would")}</Title>
        <dl className={styles["figures"]}>
          {figures.map(([what, count]) => <div key={what}><dd>{intl.formatNumber(count)}</dd><dt className="quiet">{say(`import.${what}`)}</dt></div>)}
        </dl>
        {total > 0 && (
          <details>
            <summary>{say("import.which")}</summary>
            <ul className={styles["places"]}>
              {([["added", added], ["changed", changed], ["retired", retired]] as const).flatMap(([what, places]) =>
                places.slice(0, PLACES_SHOWN_MAX).map((place) => <li key={`${what} ${place}`}>{say(`import.${what}`)}: <bdi dir="ltr"><code>{place}</code></bdi></li>))}
            </ul>
          </details>
        )}
        {total === 0 ? <Text>{say("import.same")}</Text> : <Button style={{ alignSelf: "start" }} loading={busy} onClick={apply}>{say("import.apply", { count: total })}</Button>}
      </Stack>
    </section>
  );
}

function Refused({ error, again }: { error: unknown; again: () => void }) {
  const { say, intl } = useWords();
  if (!(error instanceof RequestFailed) || error.problems.length === 0) return <Failure error={error} retry={again} />;
  const problems = error.problems as readonly SheetProblem[];
  return (
    <Stack gap="sm" role="alert">
      <Alert color="red" title={say("import.problems", { count: problems.length })}>{say("import.nothing_done")}</Alert>
      <div className={`panel ${styles["scroll"] ?? ""}`}>
        <table className={styles["problems"]}>
          <thead><tr><th scope="col">{say("import.line")}</th><th scope="col">{say("import.column")}</th><th scope="col">{say("import.problem")}</th></tr></thead>
          <tbody>
            {problems.map((one, n) => (
              <tr key={n}>
                <td>{one.line == null ? "—" : intl.formatNumber(one.line)}</td>
                <td><bdi dir="ltr"><code>{one.column ?? "—"}</code></bdi></td>
                <td dir="auto">{one.problem}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Stack>
  );
}

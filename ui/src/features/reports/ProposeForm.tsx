import { Button, Group, MultiSelect, Select, Skeleton, Stack, Switch, TagsInput, Text, TextInput, Title } from "@mantine/core";
import { useRef, useState } from "react";
import { useMe } from "../../app/session";
import { FACTS, LANGUAGES } from "../../app/language";
import { usePreferences, useWords } from "../../app/words";
import { DateField, TimeField } from "../../components/DateFields";
import { Failure } from "../../components/Failure";
import { ZONES } from "../administration/entries/sections";
import { useAllNames } from "../listening/requests";
import { FORMATS, GROUPS, INTERVALS, PERIODS, type Terms, kept, keyOf, numbersOf, usual } from "./draft";
import { FigureChoice } from "./FigureChoice";
import { Table } from "./Numbers";
import styles from "./ReportsPage.module.css";
import { useCatalogue, usePreview, usePropose } from "./requests";

const ISO_DAY_CHARACTERS = 10;
const RECIPIENTS_MAX = 20;

/** Terms for a new report, or other ones for `report`, which begin with those of `from`: seen in real numbers, then proposed. */
export function ProposeForm({ report, from, close, done }: { report: string | null; from: Terms | null; close: () => void; done: (report: string) => void }) {
  const { say, intl } = useWords();
  const { user } = useMe();
  const { preferences } = usePreferences();
  const key = keyOf(user.id, report);
  const [terms, setTerms] = useState<Terms>(() => kept(localStorage.getItem(key)) ?? from ?? usual(new Date().toISOString().slice(0, ISO_DAY_CHARACTERS), Intl.DateTimeFormat().resolvedOptions().timeZone, preferences.locale));
  const form = useRef<HTMLFormElement>(null);
  const { data: names, error: unnamed, refetch: nameAgain } = useAllNames();
  const { data: catalogue, error, refetch } = useCatalogue();
  const preview = usePreview();
  const propose = usePropose(report);
  const change = (part: Partial<Terms>) => {
    const to = { ...terms, ...part };
    localStorage.setItem(key, JSON.stringify(to));
    propose.reset();
    setTerms(to);
  };
  const leave = () => {
    localStorage.removeItem(key);
    close();
  };
  const failed = error ?? unnamed;
  if (failed !== null) return <Failure error={failed} retry={() => { void refetch(); void nameAgain(); }} />;
  if (names === undefined || catalogue === undefined) return <Skeleton height={320} />;
  const isSeen = preview.data !== undefined && numbersOf(preview.variables) === numbersOf(terms);
  const isEmpty = terms.projects.length === 0 || terms.figures.length === 0;
  const day = (moment: string) => intl.formatDate(moment, { dateStyle: "medium", timeStyle: "short", timeZone: terms.zone });
  return (
    <form
      ref={form} className={`panel ${styles["part"] ?? ""}`} aria-label={say(report === null ? "reports.new" : "reports.propose_other")}
      onSubmit={(event) => {
        event.preventDefault();
        if (isSeen) propose.mutate(terms, { onSuccess: (made) => { localStorage.removeItem(key); done(made.report); } });
      }}
    >
      <Title order={2}>{say(report === null ? "reports.new" : "reports.propose_other")}</Title>
      <div className={styles["fields"]}>
        <TextInput label={say("reports.field.name")} required maxLength={100} dir="auto" value={terms.name} onChange={(event) => change({ name: event.currentTarget.value })} />
        <MultiSelect
          label={say("reports.field.projects")} withAsterisk searchable value={terms.projects} onChange={(projects) => change({ projects })}
          data={names.projects.map((one) => ({ value: one.id, label: one.name }))}
        />
        <Select
          label={say("reports.interval")} allowDeselect={false} value={terms.interval} onChange={(interval) => change({ interval: interval ?? "half_hour" })}
          data={INTERVALS.map((value) => ({ value, label: say(`reports.interval.${value}`) }))}
        />
        <Select
          label={say("reports.field.group")} clearable placeholder={say("reports.field.group.none")} value={terms.group ?? null} onChange={(group) => change({ group })}
          data={GROUPS.map((value) => ({ value, label: say(`figures.group.${value}`) }))}
        />
        <Select
          label={say("reports.field.period")} allowDeselect={false} value={terms.period} onChange={(period) => change({ period: period ?? "day" })}
          data={PERIODS.map((value) => ({ value, label: say(`reports.period.${value}`) }))}
        />
        <Select label={say("reports.field.zone")} searchable allowDeselect={false} data={[...new Set([...ZONES, terms.zone])]} value={terms.zone} onChange={(zone) => change({ zone: zone ?? terms.zone })} />
        <DateField label={say("reports.field.first_day")} required value={terms.first_day} onChange={(first_day) => change({ first_day })} />
        <TimeField label={say("reports.field.deliver_at")} required value={terms.deliver_at} onChange={(deliver_at) => change({ deliver_at })} />
        <Select
          label={say("reports.field.format")} allowDeselect={false} value={terms.format} onChange={(format) => change({ format: format ?? "csv" })}
          data={FORMATS.map((value) => ({ value, label: value.toUpperCase() }))}
        />
        <Select
          label={say("reports.field.language")} allowDeselect={false} value={terms.language ?? "en"} onChange={(language) => change({ language })}
          data={LANGUAGES.map((value) => ({ value, label: FACTS[value].name }))}
        />
        <TagsInput label={say("reports.recipients")} placeholder="name@example.org" maxTags={RECIPIENTS_MAX} value={terms.recipients} onChange={(recipients) => change({ recipients })} />
      </div>
      <Switch label={say("reports.field.webhook")} checked={terms.webhook} onChange={(event) => change({ webhook: event.currentTarget.checked })} />
      <FigureChoice catalogue={catalogue} group={terms.group} figures={terms.figures} change={(figures) => change({ figures })} />
      {preview.error !== null && <Failure error={preview.error} />}
      {propose.error !== null && <Failure error={propose.error} />}
      {isSeen && (
        <Stack gap="sm">
          <Text>{say("reports.preview.of", { from: day(preview.data.began_at), to: day(preview.data.ended_at) })}</Text>
          <Table figures={preview.data.figures} rows={preview.data.rows} group={terms.group ?? null} zone={terms.zone} label={say("reports.preview")} />
        </Stack>
      )}
      <Group gap="sm">
        <Button
          type="button" variant={isSeen ? "default" : "filled"} loading={preview.isPending} disabled={isEmpty}
          onClick={() => { if (form.current?.reportValidity() === true) preview.mutate(terms); }}
        >
          {say("reports.preview")}
        </Button>
        <Button type="submit" variant={isSeen ? "filled" : "default"} loading={propose.isPending} disabled={isEmpty || !isSeen}>{say("reports.propose")}</Button>
        <Button type="button" variant="subtle" color="gray" onClick={leave}>{say("reports.discard")}</Button>
      </Group>
      <Text size="sm" className="quiet">{say("reports.kept")}</Text>
    </form>
  );
}

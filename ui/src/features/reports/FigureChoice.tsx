import { ActionIcon, Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { X } from "lucide-react";
import { useWords } from "../../app/words";
import { type Chosen, type Offered, type Terms, fits } from "./draft";
import { meaningOf, useTold } from "./figures";
import styles from "./ReportsPage.module.css";

/** The columns of a report, each with what it means and what it is counted with; one figure may stand twice. */
export function FigureChoice({ catalogue, group, figures, change }: { catalogue: readonly Offered[]; group: Terms["group"]; figures: readonly Chosen[]; change: (to: Chosen[]) => void }) {
  const { say } = useWords();
  const told = useTold();
  return (
    <Stack component="section" gap="sm" aria-label={say("reports.figures")}>
      <Text fw={600} size="sm">{say("reports.figures")}</Text>
      <ul className={styles["figures"]}>
        {figures.map((chosen, place) => (
          <OneFigure
            key={`${place} ${chosen.figure}`} offered={catalogue.find((one) => one.figure.figure === chosen.figure && one.figure.version === chosen.version)} group={group} chosen={chosen}
            change={(to) => change(figures.map((one, at) => (at === place ? to : one)))} remove={() => change(figures.filter((_, at) => at !== place))}
          />
        ))}
      </ul>
      <Select
        label={say("reports.figure.add")} searchable value={null}
        data={catalogue.filter((one) => fits(one, group)).map(({ figure }) => ({ value: figure.figure, label: told(figure).title }))}
        onChange={(name) => {
          const found = catalogue.find((one) => one.figure.figure === name);
          if (found !== undefined) change([...figures, { figure: found.figure.figure, version: found.figure.version, parameters: {} }]);
        }}
      />
    </Stack>
  );
}

function OneFigure({ offered, group, chosen, change, remove }: { offered: Offered | undefined; group: Terms["group"]; chosen: Chosen; change: (to: Chosen) => void; remove: () => void }) {
  const { say, intl } = useWords();
  const tell = useTold();
  const told = offered === undefined ? null : tell({ ...offered.figure, parameters: { ...offered.figure.parameters, ...chosen.parameters } });
  const title = told?.title ?? chosen.figure;
  const put = (name: string, value: string | number) => change({ ...chosen, parameters: { ...chosen.parameters, [name]: value } });
  return (
    <li>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text dir="auto" fw={600}>{title}</Text>
        <ActionIcon variant="subtle" color="gray" aria-label={say("reports.figure.remove", { figure: title })} onClick={remove}><X size={16} aria-hidden /></ActionIcon>
      </Group>
      {told !== null && <Text size="sm" className="quiet" dir="auto">{told.words[0]}</Text>}
      {offered !== undefined && !fits(offered, group) && <Text size="sm" role="alert">{say("reports.figure.misfit")}</Text>}
      {offered?.parameters.map(({ name, default: usual, meaning, least, greatest }) => {
        const value = chosen.parameters[name] ?? usual;
        return typeof usual === "number" ? (
          <NumberInput
            key={name} label={meaningOf(intl, { name, meaning })} dir="auto" size="xs" value={value} {...(least === null ? {} : { min: least })} {...(greatest === null ? {} : { max: greatest })}
            onChange={(to) => put(name, typeof to === "number" ? to : usual)}
          />
        ) : <TextInput key={name} label={meaningOf(intl, { name, meaning })} dir="auto" size="xs" maxLength={500} value={value} onChange={(event) => put(name, event.currentTarget.value)} />;
      })}
    </li>
  );
}

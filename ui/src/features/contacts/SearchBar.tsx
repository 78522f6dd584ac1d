import { Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useMe } from "../../app/session";
import { useWords } from "../../app/words";
import { DateField } from "../../components/DateFields";
import { useAllNames } from "../listening/requests";
import styles from "./ContactsPage.module.css";
import { type Field, DIGITS_MIN, OUTCOMES, type View, dayOf, isEnough } from "./view";

const TYPED_MILLISECONDS = 400;

/** What is looked for; each field is a word of the address bar. */
export function SearchBar({ view, put }: { view: View; put: (changed: Partial<Record<Field, string>>) => void }) {
  const { say } = useWords();
  const { data: names } = useAllNames();
  const isStaff = useMe().client == null;
  const options = (named: readonly { id: string; name: string }[] | undefined, chosen: string) => {
    const known = (named ?? []).map(({ id, name }) => ({ value: id, label: name }));
    return chosen === "" || known.some(({ value }) => value === chosen) ? known : [...known, { value: chosen, label: chosen }];
  };
  const queues = names?.queues.filter(({ project }) => view.project === "" || project === view.project);
  const choose = (field: Field) => (value: string | null) => put({ [field]: value ?? "" });
  return (
    <search className={styles["search"]} aria-label={say("contacts.search")}>
      <Customer customer={view.customer} put={(customer) => put({ customer })} />
      <Select label={say("contacts.project")} clearable searchable data={options(names?.projects, view.project)} value={view.project || null} onChange={choose("project")} />
      <Select label={say("contacts.queue")} clearable searchable data={options(queues, view.queue)} value={view.queue || null} onChange={choose("queue")} />
      {isStaff && <Select label={say("contacts.agent")} clearable searchable data={options(names?.agents, view.agent)} value={view.agent || null} onChange={choose("agent")} />}
      <Select label={say("contacts.outcome")} clearable data={OUTCOMES.map((outcome) => ({ value: outcome, label: say(`outcome.${outcome}`) }))} value={view.outcome || null} onChange={choose("outcome")} />
      <DateField label={say("contacts.from")} value={dayOf(view.from)} onChange={(from) => put({ from })} />
      <DateField label={say("contacts.to")} value={dayOf(view.to)} onChange={(to) => put({ to })} />
    </search>
  );
}

/** A number, its last digits or a name; it is looked for when typing pauses and there is enough of it. */
function Customer({ customer, put }: { customer: string; put: (customer: string) => void }) {
  const { say, intl } = useWords();
  const [typed, setTyped] = useState(customer);
  const [shown, setShown] = useState(customer);
  if (shown !== customer) { // it was changed elsewhere, unless it is what was typed here
    setShown(customer);
    if (!typed.trim().startsWith(customer) || customer === "") setTyped(customer);
  }
  const sought = typed.trim();
  const isShort = sought !== "" && !isEnough(sought);
  useEffect(() => {
    if (sought === customer || isShort) return undefined;
    const timer = setTimeout(() => put(sought), TYPED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [sought, isShort, customer, put]);
  return (
    <TextInput
      type="tel" dir="ltr" label={say("contacts.customer")} placeholder="0176 1234567" maxLength={100}
      description={isShort ? intl.formatMessage({ id: "refused.digits_too_few" }, { digits_min: DIGITS_MIN }) : say("contacts.customer.hint")}
      value={typed} onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
}

import { MultiSelect, Select } from "@mantine/core";
import { ROLES, type Role } from "../../api/session";
import { useMay, useMe } from "../../app/session";
import { useWords } from "../../app/words";
import type { Section } from "../administration/contract";
import { entriesOf, idOf, nameOf } from "../administration/entries/values";
import { useOrganisation } from "../administration/organisation";

interface Person {
  roles: string[];
  agent: string | null;
  client: string | null;
}

/** Roles, and what belongs to some of them: the agent as which contacts are taken, the client whose people they are. */
export function PersonFields({ roles, agent, client, change }: Person & { change: (to: Partial<Person>) => void }) {
  const { say } = useWords();
  const may = useMay();
  const me = useMe();
  const { data: document } = useOrganisation();
  const ofClient = me.client != null;
  const offered = ROLES.filter((role) => (role.startsWith("client_") || !ofClient) && (role !== "administrator" || may("administrators.manage")));
  const shown: readonly Role[] = [...offered, ...ROLES.filter((role) => roles.includes(role) && !offered.includes(role))];
  const options = (section: Section) => (document === undefined ? [] : entriesOf(document, section).map((entry) => ({ value: idOf(section, entry), label: nameOf(section, entry) })));
  return (
    <>
      <MultiSelect label={say("people.roles")} required value={roles} data={shown.map((role) => ({ value: role, label: say(`role.${role}`) }))} onChange={(to) => change({ roles: to })} />
      {!ofClient && roles.some((role) => role === "agent" || role === "supervisor") && (
        <Select label={say("people.agent")} description={say("people.agent.hint")} searchable clearable value={agent} data={options("agents")} onChange={(to) => change({ agent: to })} />
      )}
      {!ofClient && roles.some((role) => role.startsWith("client_")) && (
        <Select label={say("field.client")} required searchable value={client} data={options("clients")} onChange={(to) => change({ client: to })} />
      )}
    </>
  );
}

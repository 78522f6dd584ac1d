/** Why the server refused something, in the reader's language: by its code, with its values. */

import type { IntlShape } from "react-intl";
import type { RequestFailed } from "../api/problems";

/** Values that are names of ours, and the messages that say them. */
const NAMED: Record<string, (value: string) => string> = {
  figure: (value) => `figure.${value}.1.title`,
  parameter: (value) => `figures.parameter.${value}`,
  group: (value) => `figures.group.${value}`,
  state: (value) => `reports.state.${value}`,
};
const LISTED = "groups";

/** Null where the pages have no words for it: then the server's own English ones are what there is. */
export function refusalOf(intl: IntlShape, failed: RequestFailed): string | null {
  const id = `refused.${failed.code}`;
  if (!(id in intl.messages)) return null;
  const values = Object.entries(failed.values).map(([name, value]) => [name, typeof value === "string" ? told(intl, name, value) : value] as const);
  return intl.formatMessage({ id }, Object.fromEntries(values));
}

function told(intl: IntlShape, name: string, value: string): string {
  if (name === LISTED) return intl.formatList(value.split(", ").map((one) => told(intl, "group", one)), { type: "disjunction" });
  const id = NAMED[name]?.(value);
  return id !== undefined && id in intl.messages ? intl.formatMessage({ id }) : value;
}

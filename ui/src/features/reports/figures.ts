/** What a figure is called and means, in the reader's language; mails and files of reports have the same words. */

import { useMemo } from "react";
import { type IntlShape, useIntl } from "react-intl";
import type { components } from "../../api/schema";

export type Figure = components["schemas"]["FigureShown"];

export interface Told {
  title: string;
  unit: string;
  /** Title, parameters, unit, and the version where it is not the first. */
  column: string;
  /** The formula, then what is left out, with the parameters in them. */
  words: string[];
}

/** What others wrote has a direction of its own among our words (UAX 9). */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

/** The words of a figure; of one that is newer than these pages, the server's English ones. */
export function toldOf(intl: IntlShape, figure: Figure): Told {
  const values = Object.fromEntries(Object.entries(figure.parameters).map(([name, value]) => [name, shown(intl, value)]));
  const say = (id: string, other: string) => (id in intl.messages ? intl.formatMessage({ id }, { ...values }) : other);
  const title = say(`figure.${figure.figure}.${figure.version}.title`, figure.title);
  const unit = say(`figures.unit.${figure.unit}`, figure.unit);
  const settled = Object.values(figure.parameters).filter((value) => value !== "").map((value) => shown(intl, value));
  const kind = figure.version === 1 ? [unit] : [unit, intl.formatMessage({ id: "figures.version" }, { version: intl.formatNumber(figure.version) })];
  const separator = intl.formatMessage({ id: "figures.separator" });
  const formula = `figure.${figure.figure}.${figure.version}.formula`;
  const exclusions = figure.exclusions.map((name, place) => say(`figures.exclusion.${name}`, figure.words[place + 1] ?? ""));
  return {
    title,
    unit,
    column: `${title}${settled.length === 0 ? "" : ` (${settled.join(separator)})`} [${kind.join(separator)}]`,
    words: formula in intl.messages ? [say(formula, ""), ...exclusions] : figure.words,
  };
}

function shown(intl: IntlShape, value: number | string): string {
  if (typeof value === "number") return intl.formatNumber(value, { maximumFractionDigits: 6 });
  return value === "" ? intl.formatMessage({ id: "figures.any" }) : isolated(value);
}

/** What a parameter of a figure means. */
export function meaningOf(intl: IntlShape, parameter: { name: string; meaning: string }): string {
  const id = `figures.parameter.${parameter.name}`;
  return id in intl.messages ? intl.formatMessage({ id }) : parameter.meaning;
}

export function useTold(): (figure: Figure) => Told {
  const intl = useIntl();
  return useMemo(() => (figure: Figure) => toldOf(intl, figure), [intl]);
}

/** The five languages, and how a person's preferences become a BCP 47 locale that Intl understands by itself. */

export const LANGUAGES = ["en", "ru", "ar", "fa", "vi"] as const;
export type Language = (typeof LANGUAGES)[number];
export const CALENDARS = ["gregory", "persian", "islamic-umalqura"] as const;
export type Calendar = (typeof CALENDARS)[number];
export const DIGITS = ["latn", "arab", "arabext"] as const;
export type Digits = (typeof DIGITS)[number];
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

interface Facts {
  /** The language's own name: whoever looks for it need not read another. */
  name: string;
  direction: "ltr" | "rtl";
  calendar: Calendar;
  digits: Digits;
}

export const FACTS: Record<Language, Facts> = {
  en: { name: "English", direction: "ltr", calendar: "gregory", digits: "latn" },
  ru: { name: "Русский", direction: "ltr", calendar: "gregory", digits: "latn" },
  ar: { name: "العربية", direction: "rtl", calendar: "gregory", digits: "arab" },
  fa: { name: "فارسی", direction: "rtl", calendar: "persian", digits: "arabext" },
  vi: { name: "Tiếng Việt", direction: "ltr", calendar: "gregory", digits: "latn" },
};

export interface Preferences {
  locale: Language;
  /** null: as is usual where the language is spoken. */
  calendar: Calendar | null;
  digits: Digits | null;
  theme: Theme;
}

/** The locale for Intl and react-intl, for example `fa-u-ca-persian-nu-arabext`. */
export function tagOf(preferences: Preferences): string {
  const facts = FACTS[preferences.locale];
  return `${preferences.locale}-u-ca-${preferences.calendar ?? facts.calendar}-nu-${preferences.digits ?? facts.digits}`;
}

/** `wanted` (BCP 47, best first) gives the first language that we speak, else English. */
export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.split("-")[0]?.toLowerCase();
    const found = LANGUAGES.find((language) => language === primary);
    if (found !== undefined) return found;
  }
  return "en";
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T | null {
  return known.find((one) => one === value) ?? null;
}

/** Preferences out of what was stored or sent, whatever it is; what we do not know counts as not chosen. */
export function preferencesOf(stored: Partial<Record<keyof Preferences, unknown>>, browser: readonly string[]): Preferences {
  return {
    locale: oneOf(LANGUAGES, stored.locale) ?? languageOf(browser),
    calendar: oneOf(CALENDARS, stored.calendar),
    digits: oneOf(DIGITS, stored.digits),
    theme: oneOf(THEMES, stored.theme) ?? "auto",
  };
}

import { SegmentedControl, Select, SimpleGrid, Text } from "@mantine/core";
import { CALENDARS, DIGITS, FACTS, LANGUAGES, type Preferences, THEMES } from "../../app/language";
import { usePreferences, useWords } from "../../app/words";
import { useKeepPreferences } from "../../app/useKeepPreferences";
import { useNow } from "../../components/Duration";
import { Part } from "./Part";

const SAMPLE = 1234567;

/** Language, calendar, digits and colours; each change is seen at once and kept for every device. */
export function Appearance() {
  const { say, intl } = useWords();
  const { preferences } = usePreferences();
  const keep = useKeepPreferences();
  const now = useNow();
  const facts = FACTS[preferences.locale];
  const pick = <T extends string>(known: readonly T[], value: string | null, put: (value: T) => Partial<Preferences>) => {
    const found = known.find((one) => one === value);
    if (found !== undefined) keep(put(found));
  };
  return (
    <Part title={say("account.appearance")}>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Select
          label={say("shell.language")} value={preferences.locale} allowDeselect={false}
          data={LANGUAGES.map((language) => ({ value: language, label: FACTS[language].name }))}
          onChange={(value) => pick(LANGUAGES, value, (locale) => ({ locale, calendar: null, digits: null }))}
        />
        <Select
          label={say("account.calendar")} value={preferences.calendar ?? facts.calendar} allowDeselect={false}
          data={CALENDARS.map((calendar) => ({ value: calendar, label: say(`calendar.${calendar}`) }))}
          onChange={(value) => pick(CALENDARS, value, (calendar) => ({ calendar }))}
        />
        <Select
          label={say("account.digits")} value={preferences.digits ?? facts.digits} allowDeselect={false}
          data={DIGITS.map((digits) => ({ value: digits, label: new Intl.NumberFormat(`en-u-nu-${digits}`).format(SAMPLE) }))}
          onChange={(value) => pick(DIGITS, value, (digits) => ({ digits }))}
        />
      </SimpleGrid>
      <SegmentedControl
        aria-label={say("account.theme")} value={preferences.theme} fullWidth
        data={THEMES.map((theme) => ({ value: theme, label: say(`theme.${theme}`) }))}
        onChange={(value) => pick(THEMES, value, (theme) => ({ theme }))}
      />
      <Text className="quiet">
        {say("account.sample", {
          date: intl.formatDate(now, { dateStyle: "full" }), number: intl.formatNumber(SAMPLE),
        })}
      </Text>
    </Part>
  );
}

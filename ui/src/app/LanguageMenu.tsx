import { ActionIcon, Menu } from "@mantine/core";
import { Check, Languages } from "lucide-react";
import { FACTS, LANGUAGES, type Preferences } from "./language";
import { usePreferences, useWords } from "./words";

/** The five languages, each by its own name; choosing one changes the page at once. */
export function LanguageMenu({ keep }: { keep: (changed: Partial<Preferences>) => void }) {
  const { say } = useWords();
  const { preferences } = usePreferences();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={say("shell.language")}>
          <Languages size={20} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            aria-current={language === preferences.locale}
            onClick={() => keep({ locale: language, calendar: null, digits: null })}
            rightSection={language === preferences.locale ? <Check size={16} aria-hidden /> : null}
          >
            {FACTS[language].name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

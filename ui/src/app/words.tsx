import { DirectionProvider, MantineProvider, useDirection, useMantineColorScheme } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { type ReactNode, createContext, use, useCallback, useEffect, useMemo, useState } from "react";
import { IntlProvider, type PrimitiveType, useIntl } from "react-intl";
import { type MessageId, catalogueOf } from "../messages";
import { FACTS, type Preferences, preferencesOf, tagOf } from "./language";
import { theme, variables } from "./theme";

const KEPT = "markaz.preferences";

interface Choice {
  preferences: Preferences;
  choose: (changed: Partial<Preferences>) => void;
}

const ChoiceContext = createContext<Choice | null>(null);

/** The person's language, digits, calendar and theme, and how to change them on this device. */
export function usePreferences(): Choice {
  const choice = use(ChoiceContext);
  if (choice === null) throw new Error("usePreferences stands outside Words");
  return choice;
}

/** Messages by their ids, checked by the compiler; parts that others wrote are isolated, whatever their direction. */
export function useWords() {
  const intl = useIntl();
  return useMemo(
    () => ({
      say: (id: MessageId, values?: Record<string, PrimitiveType>) => intl.formatMessage({ id }, values),
      intl,
    }),
    [intl],
  );
}

const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";

/** Gives everything below it its language, direction, digits, calendar, colours. */
export function Words({ children }: { children: ReactNode }) {
  const [preferences, keep] = useState(() => preferencesOf(kept(), navigator.languages));
  // The same function each time, and nothing anew where nothing changes: a page that follows what is chosen would not end.
  const choose = useCallback((changed: Partial<Preferences>) => {
    keep((before) => {
      const after = { ...before, ...changed };
      const text = JSON.stringify(after);
      if (text === JSON.stringify(before)) return before;
      localStorage.setItem(KEPT, text);
      return after;
    });
  }, []);
  const choice = useMemo<Choice>(() => ({ preferences, choose }), [choose, preferences]);
  const { direction } = FACTS[preferences.locale];
  return (
    <ChoiceContext value={choice}>
      <DirectionProvider initialDirection={direction} detectDirection={false}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={variables}
          defaultColorScheme={preferences.theme}
          getStyleNonce={() => nonce}
        >
          <InLanguage preferences={preferences}>{children}</InLanguage>
        </MantineProvider>
      </DirectionProvider>
    </ChoiceContext>
  );
}

function InLanguage({ preferences, children }: { preferences: Preferences; children: ReactNode }) {
  const { data: messages } = useSuspenseQuery({
    queryKey: ["messages", preferences.locale],
    queryFn: () => catalogueOf(preferences.locale),
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const { setDirection } = useDirection();
  const { setColorScheme } = useMantineColorScheme();
  const { direction } = FACTS[preferences.locale];
  useEffect(() => {
    document.documentElement.lang = preferences.locale;
    setDirection(direction);
  }, [direction, preferences.locale, setDirection]);
  useEffect(() => {
    setColorScheme(preferences.theme);
  }, [preferences.theme, setColorScheme]);
  return (
    <IntlProvider locale={tagOf(preferences)} messages={messages} onError={fail}>
      {children}
    </IntlProvider>
  );
}

function fail(error: Error): void {
  // `make check` compares the catalogues, so that this cannot happen; if it does, it is seen and not hidden.
  console.error(error);
}

function kept(): Partial<Record<keyof Preferences, unknown>> {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    return {}; // it was damaged: as if nothing had been chosen
  }
}

import { Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { LanguageMenu } from "../../app/LanguageMenu";
import { usePreferences } from "../../app/words";
import styles from "./Frame.module.css";

/** The frame of what people see before they are signed in. */
export function Frame({ title, children }: { title: ReactNode; children: ReactNode }) {
  const { choose } = usePreferences();
  return (
    <div className={styles["page"]}>
      <div className={styles["language"]}><LanguageMenu keep={choose} /></div>
      <main className={styles["card"]}>
        <Stack gap="lg">
          <div className={styles["mark"]}><img src="/mark.svg" alt="" width={32} height={32} /><span>Markaz</span></div>
          <Title order={1}>{title}</Title>
          {children}
        </Stack>
      </main>
    </div>
  );
}

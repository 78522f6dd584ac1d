import { ActionIcon, Title } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useWords } from "../../app/words";
import styles from "../administration/entries/EntryPanel.module.css";

/** What belongs to one row, beside its table; Escape closes it. */
export function SidePanel({ title, close, children, foot, wide = false }: { title: ReactNode; close: () => void; children: ReactNode; foot?: ReactNode; wide?: boolean }) {
  const { say } = useWords();
  const id = useId();
  useHotkeys([["Escape", close]], ["SELECT"]);
  return (
    <aside className={`panel ${styles["panel"] ?? ""} ${wide ? (styles["wide"] ?? "") : ""}`} aria-labelledby={id}>
      <header className={styles["head"]}>
        <Title order={2} id={id} className="cut" style={{ flex: 1 }}>{title}</Title>
        <ActionIcon variant="subtle" color="gray" aria-label={say("form.close")} onClick={close}><X size={18} aria-hidden /></ActionIcon>
      </header>
      <div className={styles["body"]}>{children}</div>
      {foot !== undefined && foot !== false && <footer className={styles["foot"]}>{foot}</footer>}
    </aside>
  );
}

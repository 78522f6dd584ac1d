import { UnstyledButton } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { Ref } from "react";
import { SHORTCUTS, type Shortcut } from "./shortcuts";
import styles from "./SoftphoneBar.module.css";

/** A button of the softphone, with its shortcut beside its name. */
export function Tool({ icon: Icon, label, shortcut, run, pressed, disabled, kind, ref }: {
  icon: LucideIcon;
  label: string;
  shortcut?: Shortcut;
  run: () => void;
  pressed?: boolean;
  disabled?: boolean;
  kind?: "main" | "end";
  ref?: Ref<HTMLButtonElement>;
}) {
  return (
    <UnstyledButton
      ref={ref ?? null} className={styles["tool"] ?? ""} onClick={run} aria-pressed={pressed} disabled={disabled ?? false} data-kind={kind}
      aria-keyshortcuts={shortcut === undefined ? undefined : SHORTCUTS[shortcut].shown.replace(" ", "+")}
    >
      <span><Icon size={16} aria-hidden /> {label}</span>
      {shortcut !== undefined && <kbd className="key">{SHORTCUTS[shortcut].shown}</kbd>}
    </UnstyledButton>
  );
}

import type { ShownState } from "../app/states";
import styles from "./StateMark.module.css";

const SHAPES: Record<ShownState, React.ReactNode> = {
  ready: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  offered: <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" strokeWidth="3" />,
  in_conversation: <rect x="2" y="2" width="12" height="12" rx="3" fill="currentColor" />,
  wrapping_up: (
    <>
      <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M8 2.5a5.5 5.5 0 0 0 0 11z" fill="currentColor" />
    </>
  ),
  not_ready: <rect x="2" y="5.5" width="12" height="5" rx="1" fill="currentColor" />,
  signed_out: <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  alarm: <path d="M8 1.5 15 14H1z" fill="currentColor" />,
};

/** A state's colour and shape, of one size. The word stands beside it: never colour alone. */
export function StateMark({ state, size = 12 }: { state: ShownState; size?: number }) {
  return (
    <svg className={styles["mark"]} data-state={state} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[state]}
    </svg>
  );
}

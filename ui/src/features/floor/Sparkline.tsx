import { useWords } from "../../app/words";
import type { FiveMinutes } from "./requests";
import styles from "./FloorPage.module.css";

const WIDTH = 120;
const HEIGHT = 28;

/** The service level of the last two hours; where nobody came the line has a gap. Time runs from left to right always. */
export function Sparkline({ slots, label, aim }: { slots: readonly FiveMinutes[]; label: string; aim: number | null }) {
  const { intl } = useWords();
  const step = WIDTH / Math.max(1, slots.length - 1);
  const y = (share: number) => HEIGHT - 2 - share * (HEIGHT - 4);
  const path = slots.map(({ service_level }, n) => {
    if (service_level === null) return "";
    const command = (slots[n - 1]?.service_level ?? null) === null ? "M" : "L";
    return `${command}${(n * step).toFixed(1)} ${y(service_level).toFixed(1)}h0.01`;
  });
  const last = slots.findLast(({ service_level }) => service_level !== null)?.service_level ?? null;
  const told = last === null ? label : `${label}: ${intl.formatNumber(last, { style: "percent", maximumFractionDigits: 0 })}`;
  return (
    <svg className={styles["spark"]} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={told}>
      {aim !== null && <line x1={0} x2={WIDTH} y1={y(aim)} y2={y(aim)} className={styles["aim"]} />}
      <path d={path.join("")} className={styles["trace"]} />
    </svg>
  );
}

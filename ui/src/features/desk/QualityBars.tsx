import { Tooltip } from "@mantine/core";
import { useWords } from "../../app/words";
import { usePhone } from "./PhoneProvider";
import styles from "./SoftphoneBar.module.css";

const BARS = { good: 3, fair: 2, poor: 1 } as const;

/** How the line is right now, as people hear it; the figures on hover. */
export function QualityBars() {
  const { say, intl } = useWords();
  const { quality } = usePhone();
  if (quality === null) return null;
  const word = say(`quality.${quality.score}`);
  const figures = say("quality.figures", {
    loss: intl.formatNumber(quality.loss, { style: "percent", maximumFractionDigits: 1 }),
    jitter: intl.formatNumber(quality.jitter_ms, { maximumFractionDigits: 0 }),
    delay: quality.round_trip_ms === null ? "–" : intl.formatNumber(quality.round_trip_ms, { maximumFractionDigits: 0 }),
  });
  return (
    <Tooltip label={`${word}. ${figures}`}>
      <span className={styles["level"]} data-score={quality.score} role="img" aria-label={word}>
        {[6, 11, 16].map((height, n) => <i key={height} style={{ height }} data-on={n < BARS[quality.score]} />)}
      </span>
    </Tooltip>
  );
}

import { type KeyboardEvent, type PointerEvent, useId, useMemo } from "react";
import { useWords } from "../../app/words";
import { written } from "../../components/durations";
import { TRACK, WIDTH, afterKey, loudestOf, momentAt, outlineOf, placeOf } from "./picture";
import styles from "./Player.module.css";
import type { Comment, HeardRecording, Waveform as Peaks } from "./requests";

interface Given {
  peaks: Peaks;
  pauses: HeardRecording["pauses"];
  comments: readonly Comment[];
  at: number;
  seek: (seconds: number) => void;
  toggle: () => void;
}

/** Both parties as two tracks, what was paused, what was said of which moment, and where it plays: a slider of time. */
export function Waveform({ peaks, pauses, comments, at, seek, toggle }: Given) {
  const { say, intl } = useWords();
  const clip = useId();
  const all = peaks.seconds;
  const sides = useMemo(() => {
    const loudest = loudestOf(peaks.customer, peaks.agent);
    return [outlineOf(peaks.customer, loudest), ...(peaks.agent.length === 0 ? [] : [outlineOf(peaks.agent, loudest)])];
  }, [peaks]);
  const height = TRACK * sides.length;
  const clock = (seconds: number) => written(seconds, "clock", intl.locale);
  const point = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    seek(momentAt(event.clientX, left, width, all));
  };
  const press = (event: KeyboardEvent) => {
    const to = afterKey(event.key, at, all);
    if (to !== null) seek(to);
    else if (event.key === " ") toggle();
    else return;
    event.preventDefault();
  };
  return (
    <div
      className={styles["wave"]} dir="ltr" role="slider" tabIndex={0} aria-label={say("player.moment")} aria-valuemin={0} aria-valuemax={Math.round(all)} aria-valuenow={Math.round(at)}
      aria-valuetext={say("player.at", { at: clock(at), all: clock(all) })} onKeyDown={press}
      onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); point(event); }}
      onPointerMove={(event) => { if (event.buttons === 1) point(event); }}
    >
      <svg viewBox={`0 0 ${WIDTH} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <defs><clipPath id={clip}><rect x="0" y="0" width={placeOf(at, all)} height={height} /></clipPath></defs>
        {pauses.map(({ from_seconds, to_seconds }) => (
          <rect key={from_seconds} className={styles["paused"]} x={placeOf(from_seconds, all)} width={placeOf(to_seconds ?? all, all) - placeOf(from_seconds, all)} y="0" height={height}>
            <title>{say("player.paused")}</title>
          </rect>
        ))}
        {sides.map((outline, n) => (
          <g key={n} transform={`translate(0 ${n * TRACK})`}><path className={styles["coming"]} d={outline} /></g>
        ))}
        <g clipPath={`url(#${clip})`}>
          {sides.map((outline, n) => (
            <g key={n} transform={`translate(0 ${n * TRACK})`}><path className={n === 0 ? styles["customer"] : styles["agent"]} d={outline} /></g>
          ))}
        </g>
        {comments.map(({ id, at_seconds }) => (
          <line key={id} className={styles["mark"]} x1={placeOf(at_seconds, all)} x2={placeOf(at_seconds, all)} y1="0" y2={height} />
        ))}
        <line className={styles["now"]} x1={placeOf(at, all)} x2={placeOf(at, all)} y1="0" y2={height} />
      </svg>
    </div>
  );
}

import { ActionIcon, Button, NativeSelect, Skeleton, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Download, Headphones, Pause, Play, Volume2, VolumeX } from "lucide-react";
import { useState, useSyncExternalStore } from "react";
import { RequestFailed } from "../../api/problems";
import { useWords } from "../../app/words";
import { Duration } from "../../components/Duration";
import { Failure } from "../../components/Failure";
import { StateMark } from "../../components/StateMark";
import { fetchFile } from "../administration/table/download";
import { Comments } from "./Comments";
import type { Mix, Side } from "./picture";
import styles from "./Player.module.css";
import { type HeardRecording, type Waveform as Peaks, beginPlay, useComments, useRecording, useWaveform } from "./requests";
import { Sound } from "./sound";
import { Waveform } from "./Waveform";

const RATES = [0.75, 1, 1.25, 1.5, 2];
const NOT_THERE = ["recording_not_ready", "recording_missing", "recording_erased", "recording_elsewhere", "recording_not_sampled"] as const;

/** A recording to see and hear: both parties, the pauses, what was said of which moment. */
export function Player({ recording }: { recording: string }) {
  const facts = useRecording(recording);
  const mayHear = facts.data?.may_hear === true;
  const peaks = useWaveform(recording, mayHear);
  if (facts.error !== null) return <Failure error={facts.error} retry={() => void facts.refetch()} />;
  if (facts.data === undefined) return <Skeleton height={96} />;
  if (!mayHear) return <NotThere code="recording_not_sampled" />;
  if (peaks.error !== null) return <Refused error={peaks.error} retry={() => void peaks.refetch()} />;
  if (peaks.data === undefined) return <Skeleton height={96} />;
  return <Ready recording={facts.data} peaks={peaks.data} />;
}

function Refused({ error, retry }: { error: unknown; retry: () => void }) {
  const code = error instanceof RequestFailed ? NOT_THERE.find((one) => one === error.code) : undefined;
  return code === undefined ? <Failure error={error} retry={retry} /> : <NotThere code={code} />;
}

/** Why there is nothing to hear. It is said where the recording would be, so that a gap is seen. */
export function NotThere({ code }: { code: (typeof NOT_THERE)[number] }) {
  const { say } = useWords();
  const isAlarm = code === "recording_missing" || code === "recording_elsewhere";
  return (
    <Text size="sm" className="quiet" role="status"><StateMark state={isAlarm ? "alarm" : "signed_out"} /> {say(`player.not.${code}`)}</Text>
  );
}

function Ready({ recording, peaks }: { recording: HeardRecording; peaks: Peaks }) {
  const { say } = useWords();
  const [{ attach, seek, toggle, setMix, setSpeed, subscribe, now }] = useState(() => new Sound(recording.recording));
  const { at, isOn, isWaiting, error, mix, rate } = useSyncExternalStore(subscribe, now);
  const comments = useComments(recording.recording, true);
  return (
    <section className={styles["player"]} aria-label={say("player.title")} data-testid="player">
      {/* What is said is not written down: there are no captions. */}
      <audio ref={attach} preload="none" />
      <div className={styles["tracks"]}>
        <div className={styles["sides"]}>
          <SideTools side="customer" mix={mix} set={setMix} />
          {peaks.agent.length > 0 && <SideTools side="agent" mix={mix} set={setMix} />}
        </div>
        <Waveform peaks={peaks} pauses={recording.pauses} comments={comments.data ?? []} at={at} seek={seek} toggle={toggle} />
      </div>
      <div className={styles["bar"]}>
        <Button leftSection={isOn ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />} loading={isWaiting} onClick={toggle}>
          {isOn ? say("player.pause") : say("player.play")}
        </Button>
        <span className={styles["clock"]}><Duration seconds={at} /> <span className="quiet">/ <Duration seconds={peaks.seconds} /></span></span>
        <Speed rate={rate} set={setSpeed} />
        <Export recording={recording.recording} />
      </div>
      {recording.pauses.length > 0 && <Text size="xs" className="quiet">{say("player.pauses", { count: recording.pauses.length })}</Text>}
      {recording.state === "silent" && <Text size="xs" className="quiet"><StateMark state="alarm" /> {say("player.silent")}</Text>}
      {error !== null && <Refused error={error} retry={toggle} />}
      <Comments recording={recording.recording} comments={comments.data} at={at} seek={seek} />
    </section>
  );
}

function SideTools({ side, mix, set }: { side: Side; mix: Mix; set: (mix: Mix) => void }) {
  const { say } = useWords();
  const { muted, alone } = mix[side];
  const change = (to: Partial<Mix[Side]>) => set({ ...mix, [side]: { muted, alone, ...to } });
  const name = say(`player.${side}`);
  return (
    <div className={styles["side"]}>
      <bdi>{name}</bdi>
      <span>
        <ActionIcon size={24} variant={muted ? "filled" : "subtle"} color={muted ? "petrol" : "gray"} aria-pressed={muted} aria-label={say("player.mute", { side: name })} title={say("player.mute", { side: name })} onClick={() => change({ muted: !muted })}>
          {muted ? <VolumeX size={14} aria-hidden /> : <Volume2 size={14} aria-hidden />}
        </ActionIcon>
        <ActionIcon size={24} variant={alone ? "filled" : "subtle"} color={alone ? "petrol" : "gray"} aria-pressed={alone} aria-label={say("player.alone", { side: name })} title={say("player.alone", { side: name })} onClick={() => change({ alone: !alone })}>
          <Headphones size={14} aria-hidden />
        </ActionIcon>
      </span>
    </div>
  );
}

function Speed({ rate: chosen, set }: { rate: number; set: (rate: number) => void }) {
  const { say, intl } = useWords();
  return (
    <NativeSelect
      size="xs" aria-label={say("player.speed")} value={chosen} onChange={(event) => set(Number(event.currentTarget.value))}
      data={RATES.map((rate) => ({ value: String(rate), label: `${intl.formatNumber(rate)}×` }))}
    />
  );
}

function Export({ recording }: { recording: string }) {
  const { say } = useWords();
  const take = useMutation({
    mutationFn: () => beginPlay(recording, "export"),
    onSuccess: fetchFile,
  });
  return (
    <Button className={styles["push"] ?? ""} size="xs" variant="default" leftSection={<Download size={14} aria-hidden />} loading={take.isPending} title={say("player.export.hint")} onClick={() => take.mutate()}>
      {say("player.export")}
    </Button>
  );
}

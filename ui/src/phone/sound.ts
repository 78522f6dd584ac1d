/** The microphone, the loudspeaker and how loud both are. */
import type { Device, Trouble } from "./types";

export interface Meter {
  /** Of the last moment, 0 to 1 (root of the mean square). */
  readonly level: () => number;
  readonly close: () => void;
}

const NOBODY: Meter = { level: () => 0, close: () => undefined };

export class MicrophoneRefused extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

/** The microphone `id`, else the browser's own choice. Throws `MicrophoneRefused`. */
export async function openMicrophone(id: string | null): Promise<MediaStream> {
  const devices = mediaDevices();
  if (devices === undefined) throw new MicrophoneRefused("unsupported");
  const audio: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  try {
    return await devices.getUserMedia({ audio: id === null ? audio : { ...audio, deviceId: { ideal: id } } });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    const isRefused = name === "NotAllowedError" || name === "SecurityError";
    throw new MicrophoneRefused(isRefused ? "microphone_refused" : "microphone_missing");
  }
}

/** Absent where the origin is not secure, whatever the types say. */
function mediaDevices(): MediaDevices | undefined {
  return (navigator as Partial<Navigator>).mediaDevices;
}

export async function listDevices(): Promise<{ microphones: Device[]; speakers: Device[] }> {
  const found = (await mediaDevices()?.enumerateDevices()) ?? [];
  const named = (kind: MediaDeviceKind) =>
    found.filter((one) => one.kind === kind && one.deviceId !== "").map((one) => ({ id: one.deviceId, label: one.label }));
  return { microphones: named("audioinput"), speakers: named("audiooutput") };
}

export function onDevicesChanged(listener: () => void): void {
  mediaDevices()?.addEventListener("devicechange", listener);
}

/** Measures a stream for as long as it lasts. */
export function createMeter(context: AudioContext, stream: MediaStream): Meter {
  if (stream.getAudioTracks().length === 0) return NOBODY;
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  source.connect(analyser);
  const values = new Float32Array(analyser.fftSize);
  return {
    level: () => {
      analyser.getFloatTimeDomainData(values);
      let sum = 0;
      for (const value of values) sum += value * value;
      return Math.min(1, Math.sqrt(sum / values.length));
    },
    close: () => source.disconnect(),
  };
}

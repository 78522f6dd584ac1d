import { describe, expect, it } from "vitest";
import { type Sample, SILENT_SECONDS, listen, qualityOf, sampleOf, silenceAt, troubleOf } from "./quality";

const QUIET = { isQuiet: false, isMuted: false };

function sample(more: Partial<Sample>): Sample {
  return {
    at: 0, received: 0, lost: 0, sent: 0, jitterSeconds: 0.005, roundTripSeconds: 0.04, lostThere: 0,
    jitterThereSeconds: 0.004, levelIn: 0.1, levelOut: 0.1, ...more,
  };
}

/** Seconds of a call of which each second is `each`, and what is wrong at its end. */
function listenFor(seconds: number, each: (second: number) => Partial<Sample>, how = QUIET) {
  let silence = silenceAt(0);
  let before = sample({});
  for (let second = 1; second <= seconds; second += 1) {
    const now = sample({ at: second * 1000, ...each(second) });
    silence = listen(silence, before, now, how);
    before = now;
  }
  return troubleOf(silence, seconds * 1000);
}

describe("how it sounds", () => {
  it("is good without loss", () => {
    const found = qualityOf(sample({}), sample({ at: 1000, received: 50 }));
    expect(found).toMatchObject({ score: "good", loss: 0, jitter_ms: 5, round_trip_ms: 40 });
  });

  it("is as bad as the worse of both ways", () => {
    expect(qualityOf(sample({}), sample({ received: 48, lost: 2 }))).toMatchObject({ score: "fair", loss: 0.04 });
    expect(qualityOf(sample({}), sample({ received: 50, lostThere: 0.2 }))).toMatchObject({ score: "poor", loss: 0.2 });
    expect(qualityOf(sample({}), sample({ received: 50, jitterThereSeconds: 0.1 })).score).toBe("poor");
    expect(qualityOf(sample({}), sample({ received: 50, roundTripSeconds: 0.4 })).score).toBe("fair");
  });

  it("counts late packets that came after all as none lost", () => {
    expect(qualityOf(sample({ lost: 3 }), sample({ received: 50, lost: 1 })).loss).toBe(0);
  });

  it("says nothing of a round trip that was not measured", () => {
    expect(qualityOf(sample({}), sample({ received: 50, roundTripSeconds: null })).round_trip_ms).toBeNull();
  });
});

describe("one-way sound", () => {
  it("is noticed within seconds", () => {
    expect(listenFor(SILENT_SECONDS - 1, (second) => ({ sent: 50 * second }))).toBeNull();
    expect(listenFor(SILENT_SECONDS, (second) => ({ sent: 50 * second }))).toBe("no_sound_in");
    expect(listenFor(SILENT_SECONDS, (second) => ({ received: 50 * second }))).toBe("no_sound_out");
  });

  it("is no trouble while nobody need be heard", () => {
    expect(listenFor(30, () => ({}), { isQuiet: true, isMuted: false })).toBeNull();
  });

  it("is told apart from a microphone that gives nothing", () => {
    const both = (second: number) => ({ received: 50 * second, sent: 50 * second, levelOut: 0 });
    expect(listenFor(9, both)).toBeNull();
    expect(listenFor(10, both)).toBe("microphone_silent");
    expect(listenFor(10, both, { isQuiet: false, isMuted: true })).toBeNull();
  });
});

describe("what the browser counts", () => {
  it("is read from its report", () => {
    const report = [
      { type: "inbound-rtp", kind: "audio", packetsReceived: 100, packetsLost: 2, jitter: 0.01 },
      { type: "outbound-rtp", kind: "audio", packetsSent: 99 },
      { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.02 },
      { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
    ];
    expect(sampleOf(report, 5, { levelIn: 0.3, levelOut: 0.2 })).toEqual({
      at: 5, received: 100, lost: 2, sent: 99, jitterSeconds: 0.01, roundTripSeconds: 0.02, lostThere: null,
      jitterThereSeconds: null, levelIn: 0.3, levelOut: 0.2,
    });
  });

  it("prefers the round trip of the sound itself", () => {
    const report = [
      { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.02 },
      { type: "remote-inbound-rtp", kind: "audio", fractionLost: 0.1, jitter: 0.03, roundTripTime: 0.05 },
    ];
    const found = sampleOf(report, 0, { levelIn: 0, levelOut: 0 });
    expect(found).toMatchObject({ roundTripSeconds: 0.05, lostThere: 0.1, jitterThereSeconds: 0.03 });
  });
});

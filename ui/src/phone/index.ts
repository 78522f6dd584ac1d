import type { Phone, PhoneState } from "./types";

export type * from "./types";

const OFF: PhoneState = {
  line: "off", call: null, trouble: null, quality: null, microphones: [], speakers: [], microphone: null, speaker: null,
};

/** A desk whose phone stands beside the browser: the floor rings it, the page shows and commands. */
export function createPhone(): Phone {
  const nothing = () => undefined;
  return {
    state: () => OFF,
    subscribe: () => nothing,
    start: nothing, stop: nothing, prepare: () => Promise.resolve(), answer: nothing, hangUp: nothing, hold: nothing,
    resume: nothing, mute: nothing, press: nothing, chooseMicrophone: nothing, chooseSpeaker: nothing,
  };
}

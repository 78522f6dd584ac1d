/** The two people of a recording, each with a volume of its own: left the customer, right the agent. */

import { type Mix, gainOf } from "./picture";

export interface Sides {
  mix: (mix: Mix) => void;
  wake: () => Promise<void>;
  close: () => void;
}

/** Let what `element` plays be heard through a gain for each side, both in both ears. Called once for an element. */
export function sidesOf(element: HTMLMediaElement): Sides {
  const context = new AudioContext();
  const splitter = context.createChannelSplitter(2);
  context.createMediaElementSource(element).connect(splitter);
  const customer = context.createGain();
  const agent = context.createGain();
  splitter.connect(customer, 0);
  splitter.connect(agent, 1);
  for (const side of [customer, agent]) side.connect(context.destination);
  return {
    mix: (mix) => {
      customer.gain.value = gainOf(mix, "customer");
      agent.gain.value = gainOf(mix, "agent");
    },
    wake: () => context.resume(),
    close: () => void context.close(),
  };
}

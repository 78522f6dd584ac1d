import { type ReactNode, createContext, use, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { showFailure } from "../../components/FailureToast";
import { useLiveAgent } from "../../live/live";
import { type Phone, type PhoneState, type Trouble, createPhone } from "../../phone";
import { handOf } from "./desk";
import { type Commands, commandsOf } from "./requests";

interface Desk {
  agent: string;
  commands: Commands;
  phone: Phone;
  /** Whether this page has the phone: of several tabs one does, and the next one when that closes. */
  hasPhone: boolean;
  startShift: () => Promise<void>;
  /** Take contacts from now on; not while the microphone cannot be used, for the customer would hear nobody. */
  goReady: () => Promise<void>;
  endShift: () => Promise<void>;
}

const DeskContext = createContext<Desk | null>(null);

/** The desk of the agent who is signed in; null for people without one. */
export function useDesk(): Desk | null {
  return use(DeskContext);
}

const noPhone = createPhoneless();

function createPhoneless(): { subscribe: () => () => void; state: () => PhoneState } {
  const state: PhoneState = {
    line: "off", call: null, trouble: null, quality: null, microphones: [], speakers: [], microphone: null, speaker: null,
  };
  return { subscribe: () => () => undefined, state: () => state };
}

export function usePhone(): PhoneState {
  const phone = useDesk()?.phone ?? noPhone;
  return useSyncExternalStore(phone.subscribe, phone.state);
}

/** Whether the sound, and with it the buttons of a call, are in this page: not in another tab, nor on another device. */
export function useIsHere(): boolean {
  const desk = useDesk();
  const { line } = usePhone();
  return desk?.hasPhone === true && line !== "elsewhere";
}

/**
 * The agent's phone, alive in whatever page of ours is shown. After a reload in the middle of a shift it registers
 * anew by itself and has the floor ring it for the conversation in hand: the customer stays.
 */
export function PhoneProvider({ agent, children }: { agent: string; children: ReactNode }) {
  const [phone] = useState(createPhone);
  const commands = useMemo(() => commandsOf(agent), [agent]);
  const hasPhone = usePhoneLock(agent);
  const started = useRef<"no" | "starting" | "yes">("no");
  const live = useLiveAgent(agent);
  const { line } = useSyncExternalStore(phone.subscribe, phone.state);

  const startShift = useCallback(async () => {
    if (started.current === "starting") return;
    started.current = "starting";
    try {
      const credentials = await commands.startShift();
      if (hasPhone) {
        phone.start(credentials);
        void phone.prepare(); // the browser asks for the microphone now, and not when the first customer rings
      } // else the tab that has it sees the shift begin, and registers
      started.current = hasPhone ? "yes" : "no";
    } catch (error) {
      started.current = "no";
      showFailure(error);
    }
  }, [commands, hasPhone, phone]);

  const goReady = useCallback(async () => {
    try {
      if (hasPhone && phone.state().call === null) await phone.prepare();
      if (!isMute(phone.state().trouble)) await commands.ready();
    } catch (error) {
      showFailure(error);
    }
  }, [commands, hasPhone, phone]);

  const endShift = useCallback(async () => {
    try {
      await commands.endShift();
      phone.stop();
      started.current = "no";
    } catch (error) {
      showFailure(error);
    }
  }, [commands, phone]);

  const onShift = live !== null && live.presence !== "signed_out";
  useEffect(() => {
    if (hasPhone && onShift && started.current === "no") void startShift();
  }, [hasPhone, onShift, startShift]);
  useReturn(commands, line === "ready", handOf(live).talking?.contact ?? null, phone);
  useEffect(() => () => phone.stop(), [phone]);

  const desk = useMemo<Desk>(
    () => ({ agent, commands, phone, hasPhone, startShift, goReady, endShift }),
    [agent, commands, endShift, goReady, hasPhone, phone, startShift],
  );
  return <DeskContext value={desk}>{children}</DeskContext>;
}

function isMute(trouble: Trouble | null): boolean {
  return trouble === "microphone_refused" || trouble === "microphone_missing" || trouble === "unsupported";
}

/** Once, when the phone registers in a page that has just been loaded, and a conversation is going on without it. */
function useReturn(commands: Commands, isReady: boolean, contact: string | null, phone: Phone): void {
  const settled = useRef(false);
  useEffect(() => {
    if (!isReady || settled.current) return;
    settled.current = true;
    if (contact !== null && phone.state().call === null) commands.phoneReturned(contact).catch(showFailure);
  }, [commands, contact, isReady, phone]);
}

/** True while this tab holds the phone of `agent`; the browser hands the lock on when a tab closes or reloads. */
function usePhoneLock(agent: string): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    let release: () => void = () => undefined;
    const holding = () =>
      new Promise<void>((resolve) => {
        release = resolve;
        setHeld(true);
      });
    navigator.locks.request(`markaz-phone-${agent}`, { signal: leaving.signal }, holding).catch(() => undefined); // aborted
    return () => {
      leaving.abort();
      release();
      setHeld(false);
    };
  }, [agent]);
  return held;
}

/** The line to the floor: JsSIP's user agent, registered for as long as it is wanted, through lost sockets. */
import { UA, WebSocketInterface } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRequest } from "jssip/lib/SIPMessage";
import type { Credentials } from "./types";

/** A registration lives so long without being renewed; it is renewed, and the socket kept busy, well before. */
const REGISTRATION_SECONDS = 120;
const RECONNECT_SECONDS_MAX = 4;
const REFUSED_RETRY_MS = 500;
/** Asterisk may be told of a new password after the page is: so often it is asked again. */
const REFUSED_TRIES_MAX = 40;

export interface Hearer {
  readonly registered: () => void;
  readonly disconnected: () => void;
  /** These credentials are not valid any more: the agent has signed in elsewhere. */
  readonly replaced: () => void;
  readonly invited: (session: RTCSession, request: IncomingRequest) => void;
}

export interface SipLine {
  /** Say goodbye and let go; calls must be over. */
  readonly close: () => void;
}

export function openLine(credentials: Credentials, hearer: Hearer): SipLine {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const agent = new UA({
    sockets: [new WebSocketInterface(`${scheme}://${location.host}${credentials.socket}`)],
    uri: `sip:${credentials.username}@${credentials.sip_host}`,
    password: credentials.password,
    register_expires: REGISTRATION_SECONDS,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: RECONNECT_SECONDS_MAX,
    // JsSIP ends a call when a request in it meets a lost socket: so there is none that nobody asked for.
    session_timers: false,
    user_agent: "Markaz",
  });
  let tries = 0;
  let wasRegistered = false;
  let isClosed = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  agent.on("registered", () => {
    tries = 0;
    wasRegistered = true;
    hearer.registered();
  });
  agent.on("disconnected", () => {
    if (!isClosed) hearer.disconnected();
  });
  agent.on("registrationFailed", ({ response }) => {
    if (isClosed) return;
    hearer.disconnected();
    const status = (response as { status_code?: number } | null)?.status_code ?? 0;
    tries += 1;
    if ((status === 401 || status === 403) && (wasRegistered || tries > REFUSED_TRIES_MAX)) {
      hearer.replaced();
      return;
    }
    if (!agent.isConnected()) return; // it registers by itself once the socket is there
    clearTimeout(retry);
    retry = setTimeout(() => agent.register(), REFUSED_RETRY_MS);
  });
  agent.on("newRTCSession", ({ originator, session, request }: {
    originator: string; session: RTCSession; request: IncomingRequest;
  }) => {
    if ((originator as "remote" | "local") === "remote") hearer.invited(session, request);
  });
  agent.start();
  return {
    close: () => {
      isClosed = true;
      clearTimeout(retry);
      agent.stop();
    },
  };
}

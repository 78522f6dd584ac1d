/** What signing in asks of the server. */

import { ask } from "../../api/client";
import { RequestFailed } from "../../api/problems";

export interface Provider {
  id: string;
  name: string;
}

export interface Options {
  password: boolean;
  providers: Provider[];
  /** Centres in which the e-mail is known, when there are several. */
  centres?: { id: string; name: string }[];
}

export interface Invitation {
  email: string;
  centre: { id: string; name: string };
  name?: string | null;
}

export type Outcome = { done: true } | { done: false; challenge: string };

export const PASSWORD_CHARACTERS_MIN = 12;

/** What is offered to `email`; without one, what is offered to everybody. */
export function optionsFor(email: string): Promise<Options> {
  return ask("GET", `/api/sign-in/options?email=${encodeURIComponent(email)}`);
}

/** Sign in. Throws `RequestFailed` with `wrong_credentials` when e-mail and password do not match. */
export async function signIn(given: { email: string; password: string; centre?: string }): Promise<Outcome> {
  try {
    await ask("POST", "/api/session", given);
    return { done: true };
  } catch (error) {
    if (error instanceof RequestFailed && error.code === "second_factor_needed" && error.challenge !== null) {
      return { done: false, challenge: error.challenge };
    }
    throw error;
  }
}

/** The second step of signing in. */
export async function secondFactor(challenge: string, code: string): Promise<void> {
  await ask("POST", "/api/session/second-factor", { challenge, code });
}

/** Sign in with a link that works once. */
export async function enterByLink(token: string): Promise<void> {
  await ask("POST", "/api/session/link", { token });
}

export function invitationOf(token: string): Promise<Invitation> {
  return ask("GET", `/api/invitations/${encodeURIComponent(token)}`);
}

export async function accept(token: string, given: { name: string; password: string; locale: string }): Promise<void> {
  await ask("POST", `/api/invitations/${encodeURIComponent(token)}`, given);
}

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
}

export interface Invitation {
  centre: string;
  name: string;
  email: string;
  invited_by: string;
}

export type Outcome = { done: true } | { done: false; challenge: string };

export const PASSWORD_CHARACTERS_MIN = 12;

/** What is offered to `email`; without one, what is offered to everybody. */
export function optionsFor(email: string): Promise<Options> {
  return ask("GET", `/api/sign-in/options?email=${encodeURIComponent(email)}`);
}

/** Sign in. Throws `RequestFailed` with `wrong_credentials` when e-mail and password do not match. */
export async function signIn(given: { email: string; password: string }): Promise<Outcome> {
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

export async function accept(token: string, given: { name: string; password: string }): Promise<void> {
  await ask("POST", `/api/invitations/${encodeURIComponent(token)}`, given);
}

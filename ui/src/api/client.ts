/** The one way to the server: same origin, the session's cookie, every refusal thrown as `RequestFailed`. */

import createClient, { type Middleware } from "openapi-fetch";
import { RequestFailed, failureOf } from "./problems";
import type { paths } from "./schema";

const REQUEST_SECONDS_MAX = 20;
const UNANSWERED_MAX = 50;
const ID = "X-Request-Id";

type Listener = (failure: RequestFailed) => void;
let whenSessionEnded: Listener = () => undefined;

/** Have `listener` told when a request was refused because nobody is signed in (any more). */
export function onSessionEnded(listener: Listener): void {
  whenSessionEnded = listener;
}

/** Keys of requests that nobody has answered just now: sent again as it is, such a request is done once. */
const unanswered = new Map<string, { key: string; at: number }>();
/** Later, or after anything else was done, the same words are another request. */
const REPEAT_MILLISECONDS_MAX = 30_000;
const NOT_AN_ANSWER = new Set([502, 504]);

/** fetch with an id to quote, a time limit and an idempotency key. Throws `RequestFailed`; only good answers return. */
async function send(request: Request): Promise<Response> {
  const id = crypto.randomUUID().slice(0, 8);
  const headers = new Headers(request.headers);
  headers.set(ID, id);
  const same = request.method === "POST" ? `${request.url}\n${await request.clone().text()}` : null;
  if (same !== null && !headers.has("Idempotency-Key")) headers.set("Idempotency-Key", keyOf(same));
  let answer: Response;
  try {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(REQUEST_SECONDS_MAX * 1000)]);
    answer = await fetch(new Request(request, { headers, signal, credentials: "same-origin" }));
  } catch (error) {
    if (same !== null) remember(same, headers.get("Idempotency-Key") ?? "");
    if (request.signal.aborted) throw error;
    throw new RequestFailed({ status: null, code: "unreachable", id });
  }
  if (same !== null) {
    if (NOT_AN_ANSWER.has(answer.status)) remember(same, headers.get("Idempotency-Key") ?? "");
    else unanswered.clear();
  }
  if (answer.ok) return answer;
  const body: unknown = await answer.json().catch(() => null);
  const failure = failureOf(answer.status, body, answer.headers.get(ID) ?? id);
  if (failure.status === 401 && failure.code === "not_signed_in") whenSessionEnded(failure);
  throw failure;
}

function keyOf(same: string): string {
  const before = unanswered.get(same);
  return before !== undefined && Date.now() - before.at < REPEAT_MILLISECONDS_MAX ? before.key : crypto.randomUUID();
}

function remember(same: string, key: string): void {
  unanswered.delete(same);
  for (const oldest of [...unanswered.keys()].slice(0, Math.max(0, unanswered.size - UNANSWERED_MAX + 1))) unanswered.delete(oldest);
  unanswered.set(same, { key, at: Date.now() });
}

const refuse: Middleware = { onRequest: ({ request }) => send(request) };

/** The client generated from the server's OpenAPI document: `api.GET("/api/...", {...})` returns typed `data`. */
export const api = createClient<paths>({ baseUrl: "" });
api.use(refuse);

/** The body of an answer of `api` that has one. */
export function whole<Answer>({ data }: { data?: Answer }): Answer {
  if (data === undefined) throw new TypeError("an answer without a body");
  return data;
}

/** For what is not described in the OpenAPI document yet; prefer `api`. Throws `RequestFailed`. */
export async function ask<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, key?: string): Promise<T> {
  const headers = new Headers(key === undefined ? {} : { "Idempotency-Key": key });
  const asked: RequestInit = { method, headers };
  if (body !== undefined) {
    asked.body = JSON.stringify(body);
    headers.set("Content-Type", "application/json");
  }
  const answer = await send(new Request(new URL(path, location.origin), asked));
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

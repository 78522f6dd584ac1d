/** What went wrong with a request, in the shape that the server's problem documents have (RFC 9457). */

export interface FieldProblem {
  where: string;
  problem: string;
}

/** A request that was refused, or that reached nobody. */
export class RequestFailed extends Error {
  /** HTTP status, or null when there was no answer. */
  readonly status: number | null;
  /** Stable, for programs: `agent_unknown`; `unreachable` when there was no answer. */
  readonly code: string;
  /** For people, in English: what went wrong and what to do. */
  readonly detail: string | null;
  readonly problems: readonly FieldProblem[];
  /** What `detail` speaks of, by name. */
  readonly values: Readonly<Record<string, string | number>>;
  /** What the second step of signing in needs; null in every other failure. */
  readonly challenge: string | null;
  /** To quote when asking for help; the server's log has the same. */
  readonly id: string;

  constructor(
    given: {
      status: number | null;
      code: string;
      detail?: string | null;
      problems?: readonly FieldProblem[];
      values?: Readonly<Record<string, string | number>>;
      challenge?: string | null;
      id: string;
    },
  ) {
    super(given.code);
    this.name = "RequestFailed";
    this.status = given.status;
    this.code = given.code;
    this.detail = given.detail ?? null;
    this.problems = given.problems ?? [];
    this.values = given.values ?? {};
    this.challenge = given.challenge ?? null;
    this.id = given.id;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Makes the failure out of whatever the server, or something between, has answered. */
export function failureOf(status: number, body: unknown, id: string): RequestFailed {
  const code = field(body, "code");
  const detail = field(body, "detail");
  const problems = field(body, "problems");
  const challenge = field(body, "challenge");
  return new RequestFailed({
    status,
    code: typeof code === "string" ? code : "internal_error",
    detail: typeof detail === "string" ? detail : null,
    problems: Array.isArray(problems) ? problems.filter(isFieldProblem) : [],
    values: valuesOf(field(body, "values")),
    challenge: typeof challenge === "string" ? challenge : null,
    id,
  });
}

function valuesOf(given: unknown): Record<string, string | number> {
  const entries = typeof given === "object" && given !== null ? Object.entries(given) : [];
  return Object.fromEntries(entries.filter((one): one is [string, string | number] => typeof one[1] === "string" || typeof one[1] === "number"));
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof field(value, "where") === "string" && typeof field(value, "problem") === "string";
}

import { PermissionViolationError } from "nats";

/** The log was closed while, or before, something was asked of it. */
export class LogUnavailable extends Error {
  override readonly name: string = "LogUnavailable";

  constructor(message = "the log is closed", options?: { cause?: unknown }) {
    super(message, options);
  }
}

/**
 * The stream behind this log was deleted and made anew while we ran. Sequences mean something else now, so every read
 * model and every version in memory is worthless: the process must start again.
 */
export class StreamReplaced extends LogUnavailable {
  override readonly name = "StreamReplaced";
  readonly expected: string;
  readonly found: string;

  constructor(expected: string, found: string) {
    super(
      `the stream was created at ${found}, this log was opened on the one of ${expected}: restart to rebuild from it`,
    );
    this.expected = expected;
    this.found = found;
  }
}

/** One setting that is not what `provision.ts` says. */
export interface Difference {
  /** `MATCHES` or the name of a durable consumer. */
  of: string;
  field: string;
  expected: unknown;
  found: unknown;
}

export class StreamDrift extends Error {
  override readonly name = "StreamDrift";
  readonly differences: readonly Difference[];

  constructor(differences: readonly Difference[]) {
    const lines = differences.map(
      ({ of, field, expected, found }) =>
        `  ${of}: ${field} is ${JSON.stringify(found) ?? "absent"}, must be ${JSON.stringify(expected) ?? "absent"}`,
    );
    super(
      `the stream on the server is not the one this program writes:\n${lines.join("\n")}\n` +
        "Mend it with `nats stream edit MATCHES`; a consumer may be removed with `nats consumer rm MATCHES <name>` " +
        "(it is made anew at the next start); a wrong stream name or account: check FULLTIME_NATS_URL.",
    );
    this.differences = differences;
  }
}

/** An answer of the JetStream API that is an error nobody foresaw here. `code` is the server's `err_code`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;

  constructor(code: number, description: string) {
    super(`${description} (${code})`);
    this.code = code;
  }
}

/** One request got no answer: time-out, lost connection, nobody there. Whether it was carried out is unknown. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  constructor(what: string, options?: { cause?: unknown }) {
    super(`no answer to ${what}`, options);
  }
}

/** The server lets this user do less than was asked; trying again changes nothing until somebody changes its permissions. */
export class NotAllowed extends Error {
  override readonly name = "NotAllowed";
  readonly subject: string;

  constructor(violation: PermissionViolationError) {
    const { operation, subject } = violation;
    super(
      `the NATS user may not ${operation === "publish" ? "publish to" : "subscribe to"} ${subject}: the stream and its consumers are ` +
        "made by starting a node once as admin, what nodes need after that is in docs/nats-users.conf",
      { cause: violation },
    );
    this.subject = subject;
  }
}

/** What a failed request says, if it says that. The client wraps it. */
export function notAllowedIn(error: unknown): NotAllowed | null {
  if (error instanceof PermissionViolationError) return new NotAllowed(error);
  return error instanceof Error && error.cause !== undefined ? notAllowedIn(error.cause) : null;
}

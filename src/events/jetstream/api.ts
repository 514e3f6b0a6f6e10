import type { NatsConnection } from "nats";
import { ApiError, notAllowedIn } from "../errors.ts";

/** Codes of the JetStream API this program acts on (server 2.12 - 2.15). */
export const code = {
  insufficientResources: 10023,
  clusterNotAvailable: 10008,
  consumerNotFound: 10014,
  consumerExists: 10148,
  consumerNotMade: 10012,
  messageNotFound: 10037,
  messageTooLarge: 10054,
  headerTooLarge: 10097,
  notEnabled: 10076,
  notEnabledForAccount: 10039,
  streamNameInUse: 10058,
  streamNotValid: 10096,
  streamNotFound: 10059,
  streamOffline: 10118,
  wrongLastSequence: 10071,
  wrongLastSequenceInFlight: 10164,
  duplicateInFlight: 10158,
  batchIncomplete: 10176,
  batchTooLarge: 10199,
} as const;

/** The server is starting, electing a leader or changing the stream: ask again. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && passing.has(error.code);
}

export type Refusal =
  | { kind: "moved" }
  /** Another write is under way: neither stored nor refused yet. */
  | { kind: "unknown" }
  /** The server lost a part of the batch, or refused a part without saying which. Nothing is stored. */
  | { kind: "incomplete" }
  | { kind: "refused"; category: "transient" | "permanent"; reason: string };

/** What an error answer to a publish means for the writer. Nobody else looks at codes, and nobody at texts. */
export function refusalOf(error: { err_code?: number; description?: string }): Refusal {
  const number = error.err_code ?? 0;
  const reason = `${error.description ?? "refused"} (${number})`;
  if (number === code.wrongLastSequence || number === code.wrongLastSequenceInFlight) return { kind: "moved" };
  if (number === code.duplicateInFlight || passing.has(number)) return { kind: "unknown" };
  if (number === code.batchIncomplete) return { kind: "incomplete" };
  const permanent = number === code.messageTooLarge || number === code.headerTooLarge || number === code.batchTooLarge;
  // Everything else is a disk, a quota or a limit: a state of the server, which an operator can mend.
  return { kind: "refused", category: permanent ? "permanent" : "transient", reason };
}

const passing: ReadonlySet<number> = new Set([
  code.clusterNotAvailable,
  code.notEnabled,
  code.notEnabledForAccount,
  code.streamOffline,
  // Being deleted.
  code.streamNotValid,
]);

interface Answer {
  error?: { code: number; err_code: number; description: string };
}

export function parseAnswer<T extends object>(data: Uint8Array): T {
  const answer = JSON.parse(decoder.decode(data)) as T & Answer;
  if (answer.error) throw new ApiError(answer.error.err_code, answer.error.description);
  return answer;
}

/** One JSON request to `$JS.API.<subject>`; throws ApiError for an error answer, NotAllowed, and what the client throws for none. */
export async function apiOnce<T extends object>(
  nc: NatsConnection,
  subject: string,
  body: object | null,
  timeoutMs: number,
): Promise<T> {
  const payload = body === null ? "" : JSON.stringify(body);
  try {
    return parseAnswer<T>((await nc.request(`$JS.API.${subject}`, payload, { timeout: timeoutMs })).data);
  } catch (error) {
    throw notAllowedIn(error) ?? error;
  }
}

const decoder = new TextDecoder();

/** Parts of the server's answers that we read. Durations are nanoseconds. */
export interface StreamInfo {
  created: string;
  /** When the server answered, on its clock. */
  ts: string;
  config: Record<string, unknown> & { num_replicas: number };
  state: { messages: number; last_seq: number };
}

export interface ConsumerInfo {
  name: string;
  created: string;
  config: Record<string, unknown>;
  delivered: { stream_seq: number };
  num_pending: number;
  num_ack_pending: number;
  num_redelivered: number;
}

export interface StoredJson {
  message: { subject: string; seq: number; data?: string; time: string };
}

import { headers, type MsgHdrs } from "nats";
import { ulid } from "ulid";
import type { Append, Store } from "../append.ts";
import { eventIdOf } from "../envelope.ts";
import { ApiError, NoAnswer, NotAllowed } from "../errors.ts";
import { streamName } from "../provision.ts";
import { entityFilter } from "../subjects.ts";
import type { Position } from "../unknown.ts";
import { code, refusalOf, type StoredJson } from "./api.ts";
import type { Link } from "./link.ts";

/**
 * The server's side of the append queue. The batch protocol is spoken by hand: the client's batch publisher drops
 * expectations and hides the server's refusals.
 */
export function createStore(link: Link, full: () => Promise<string | null> = () => Promise.resolve(null)): Store {
  return {
    async store(appends) {
      const reason = await full();
      if (reason !== null) return { kind: "refused", category: "transient", reason };
      try {
        const answer = await publish(link, appends);
        if (!answer.error) return { kind: "stored", last: answer.seq };
        return refusalOf(answer.error);
      } catch (error) {
        if (error instanceof NoAnswer) return { kind: "unknown" };
        if (error instanceof NotAllowed) return { kind: "refused", category: "permanent", reason: error.message };
        throw error;
      }
    },
    newest: (entity) => position(link, { last_by_subj: entityFilter(entity) }),
    firstAfter: (entity, sequence) => position(link, { seq: sequence + 1, next_by_subj: entityFilter(entity) }),
    retry: (attempt) => link.retry(attempt),
  };
}

interface PublishAnswer {
  seq: number;
  error?: { err_code: number; description: string };
}

async function publish(link: Link, appends: readonly Append[]): Promise<PublishAnswer> {
  const total = appends.reduce((sum, { messages }) => sum + messages.length, 0);
  const batch = total === 1 ? null : ulid();
  let sent = 0;
  for (const append of appends) {
    for (const [i, { subject, body }] of append.messages.entries()) {
      sent++;
      const head = headers();
      // Expectations are checked against the log as it was before the batch: once an append, on its first message.
      if (i === 0) expect(head, append);
      if (batch !== null) {
        head.append("Nats-Batch-Id", batch);
        head.append("Nats-Batch-Sequence", String(sent));
      }
      if (sent < total) {
        link.nc.publish(subject, body, { headers: head });
        continue;
      }
      if (batch !== null) head.append("Nats-Batch-Commit", "1");
      return (await link.request(subject, body, head)).json<PublishAnswer>();
    }
  }
  throw new Error("an empty batch");
}

function expect(head: MsgHdrs, { entity, version }: Append): void {
  head.append("Nats-Expected-Last-Subject-Sequence", String(version));
  head.append("Nats-Expected-Last-Subject-Sequence-Subject", entityFilter(entity));
}

/** `STREAM.MSG.GET` is answered by the stream's leader; a direct read may come from a replica that lags. */
async function position(link: Link, query: object): Promise<Position | null> {
  try {
    const { message } = await link.api<StoredJson>(`STREAM.MSG.GET.${streamName}`, query);
    return { sequence: message.seq, eventId: eventIdOf(Buffer.from(message.data ?? "", "base64")) };
  } catch (error) {
    if (error instanceof ApiError && error.code === code.messageNotFound) return null;
    throw error;
  }
}

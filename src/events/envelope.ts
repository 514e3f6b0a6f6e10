import { z } from "zod";
import type { EventType, NewEvent, Recorded } from "../match/event.ts";
import { eventTypes, isEventType, schemas, type Upcasters, upcasters, versions } from "./catalogue.ts";
import type { Entity, LogMessage, Undecodable } from "./log.ts";
import { letterBox, parseSubject, subjectOf } from "./subjects.ts";
import { parsedBy } from "./unchanged.ts";
import { rememberWritten } from "./written.ts";

/** What a stored message is before anyone has read its body. `storedAt`: epoch milliseconds, the server's clock. */
export interface StoredMessage {
  sequence: number;
  subject: string;
  body: Uint8Array;
  storedAt: number;
}

export interface Codec {
  /** The body: one CloudEvents 1.0 JSON. Throws when the event is not what its type says: a writer with a bug. */
  encode(entity: Entity, event: NewEvent): Uint8Array;
  /** Never throws: a body that is no event of ours comes back with `undecodable` set, and still moves its entity. */
  decode(message: StoredMessage): LogMessage;
}

const parse = Object.fromEntries(eventTypes.map((type) => [type, parsedBy(schemas[type])])) as Record<
  EventType,
  ReturnType<typeof parsedBy>
>;

export function createCodec(present: Readonly<Record<EventType, number>>, steps: Upcasters): Codec {
  const written = rememberWritten();
  return {
    encode(entity, event) {
      const checked = parse[event.type](event.data);
      if (!checked.success)
        throw new Error(`${event.type} ${event.id} is malformed: ${z.prettifyError(checked.error)}`);
      if (!ulid.test(event.id)) throw new Error(`event id ${JSON.stringify(event.id)} is not a ULID`);
      const subject = subjectOf(entity, event.type);
      const time = new Date(event.time).toISOString();
      const body = encoder.encode(
        JSON.stringify({
          specversion: "1.0",
          id: event.id,
          source,
          type: event.type,
          subject: entity.id,
          time,
          datacontenttype: "application/json",
          version: present[event.type],
          // CloudEvents attributes are never null: an event without a cause leaves the attribute out.
          ...(event.causationId === null ? {} : { causationid: event.causationId }),
          actor: event.actor,
          data: checked.data,
        }),
      );
      const readsAsWritten =
        checked.data === event.data && instant.test(time) && Date.parse(time) === event.time && event.actor !== "";
      if (readsAsWritten) written.remember(subject, { entity, event, body });
      return body;
    },

    decode(message) {
      const own = written.find(message.subject, message.body);
      if (own !== null && own.event.time <= message.storedAt + aheadMaxMs) {
        const { id, type, time, actor, causationId, data } = own.event;
        const event = { sequence: message.sequence, id, type, time, actor, causationId, data } as Recorded;
        return logMessage(message, own.entity, event, null);
      }
      const address = parseSubject(message.subject);
      if (address === null) {
        const letter = message.subject === letterBox;
        const text = letter
          ? "a letter for the intake"
          : `${message.subject} names no match, source or operator's call`;
        return undecodable(message, null, letter ? "letter" : "bad-subject", text);
      }
      const { entity, type } = address;

      let json: unknown;
      try {
        json = JSON.parse(textOf(message.body));
      } catch (error) {
        return undecodable(message, entity, "not-json", String(error));
      }
      const head = readEnvelope(json);
      if (typeof head === "string") return undecodable(message, entity, "not-an-event", head);
      if (head.time > message.storedAt + aheadMaxMs) {
        return undecodable(
          message,
          entity,
          "time-ahead",
          `time ${new Date(head.time).toISOString()} is more than a year after it was stored`,
        );
      }
      if (head.type !== type)
        return undecodable(message, entity, "contradicts-subject", `type ${head.type} under ${message.subject}`);
      if (head.subject !== entity.id)
        return undecodable(message, entity, "contradicts-subject", `subject ${head.subject} under ${message.subject}`);
      if (!isEventType(type)) return undecodable(message, entity, "unknown-type", `no event type ${type}`);
      if (entity.id === "_" && type !== "match.request.rejected")
        return undecodable(message, entity, "bad-subject", `no ${type} without a match`);

      let data = head.data;
      if (head.version > present[type]) {
        return undecodable(
          message,
          entity,
          "unknown-version",
          `${type} version ${head.version}, this program knows up to ${present[type]}`,
        );
      }
      for (let version = head.version; version < present[type]; version++) {
        const step = steps[type]?.[version];
        if (!step) return undecodable(message, entity, "unknown-version", `${type} version ${version} has no upcaster`);
        try {
          data = step(data);
        } catch (error) {
          return undecodable(message, entity, "bad-data", `upcasting version ${version}: ${String(error)}`);
        }
      }
      const checked = parse[type](data);
      if (!checked.success) return undecodable(message, entity, "bad-data", z.prettifyError(checked.error));
      const event = {
        sequence: message.sequence,
        id: head.id,
        type,
        time: head.time,
        actor: head.actor,
        causationId: head.causationId,
        data: checked.data,
        // The schema was looked up by the type, which the compiler cannot follow.
      } as Recorded;
      return logMessage(message, entity, event, null);
    },
  };
}

/** The codec in force. */
export const { encode, decode }: Codec = createCodec(versions, upcasters);

/** Node has it on every buffer, and its types leave it out. */
const { utf8Slice } = Buffer.prototype as unknown as { utf8Slice(this: Uint8Array, from: number, to: number): string };

/** Strictly UTF-8, as the decoder has it; throws. The buffer's own way is three times as fast and marks what it cannot read. */
function textOf(body: Uint8Array): string {
  const text = utf8Slice.call(body, 0, body.length);
  return text.includes("\uFFFD") || text.startsWith("\uFEFF") ? decoder.decode(body) : text;
}

/** The id of the event in a body, whatever else is wrong with it; null where there is none. */
export function eventIdOf(body: Uint8Array): string | null {
  try {
    const json: unknown = JSON.parse(decoder.decode(body));
    return typeof json === "object" && json !== null && "id" in json && typeof json.id === "string" ? json.id : null;
  } catch {
    return null;
  }
}

/**
 * A simulated season may lie ahead of the wall by that much. Anything later is a forgery: believed, one such time would put
 * off for ever whatever is due after it.
 */
const aheadMaxMs = 366 * 24 * 60 * 60 * 1000;

const source = "/fulltime";
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

interface Envelope {
  id: string;
  type: string;
  subject: string;
  time: number;
  version: number;
  causationId: string | null;
  actor: string;
  data: unknown;
}

/** The attributes, or what is wrong with them. By hand: a replay reads every envelope, and this costs a third of a schema. */
function readEnvelope(json: unknown): Envelope | string {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return "the body is no JSON object";
  const {
    specversion,
    id,
    source: from,
    type,
    subject,
    time,
    datacontenttype,
    version,
    causationid,
    actor,
    data,
  } = json as Record<string, unknown>;
  if (specversion !== "1.0") return wrong("specversion", specversion, '"1.0"');
  if (typeof id !== "string" || !ulid.test(id)) return wrong("id", id, "a ULID");
  if (from !== source) return wrong("source", from, JSON.stringify(source));
  if (typeof type !== "string") return wrong("type", type, "text");
  if (typeof subject !== "string") return wrong("subject", subject, "text");
  const at = typeof time === "string" && instant.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at)) return wrong("time", time, "an instant in UTC");
  if (datacontenttype !== "application/json") return wrong("datacontenttype", datacontenttype, '"application/json"');
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1)
    return wrong("version", version, "1 or more");
  if (causationid !== undefined && typeof causationid !== "string") return wrong("causationid", causationid, "text");
  if (typeof actor !== "string" || actor === "") return wrong("actor", actor, "text");
  if (data === undefined) return wrong("data", data, "present");
  return { id, type, subject, time: at, version, causationId: causationid ?? null, actor, data };
}

function wrong(attribute: string, found: unknown, wanted: string): string {
  const text = found === undefined ? "absent" : JSON.stringify(found).slice(0, 100);
  return `${attribute} is ${text}, must be ${wanted}`;
}

function undecodable(
  message: StoredMessage,
  entity: Entity | null,
  code: Undecodable["code"],
  text: string,
): LogMessage {
  return logMessage(message, entity, null, { code, text });
}

/** Field by field: spreading costs 2 us a message. */
function logMessage(
  { sequence, subject, body, storedAt }: StoredMessage,
  entity: Entity | null,
  event: Recorded | null,
  why: Undecodable | null,
): LogMessage {
  return { sequence, subject, entity, event, undecodable: why, body, storedAt };
}

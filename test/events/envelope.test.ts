import fc from "fast-check";
import { ulid } from "ulid";
import { describe, expect, it } from "vitest";
import type { EventType, NewEvent } from "../../src/match/event.ts";
import { eventTypes, schemas, upcasters, versions } from "../../src/events/catalogue.ts";
import { createCodec, decode, encode, eventIdOf } from "../../src/events/envelope.ts";
import type { Entity } from "../../src/events/log.ts";
import { subjectOf } from "../../src/events/subjects.ts";
import { match, requested } from "./sample.ts";
import { at, samples } from "./samples.ts";

/** After any time that an event of these tests may have. */
const storedLater = Date.UTC(9999, 11, 31);

function entityFor(type: EventType): Entity {
  if (type.startsWith("source.")) return { root: "source", id: "archive.pl" };
  return type.startsWith("operator.") ? { root: "operator", id: ulid() } : match("bl1-2025-26-a-b");
}

const cases = eventTypes.flatMap((type) => samples[type].map((data) => [type, data] as const));

/** Of another process: it has written nothing, so it has to read. */
const stranger = createCodec(versions, upcasters);

function read(entity: Entity, type: EventType, body: Uint8Array | string, codec = stranger) {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return codec.decode({ sequence: 5, subject: subjectOf(entity, type), body: bytes, storedAt: storedLater });
}

describe("the envelope", () => {
  it.each(cases)("gives %s back as it was", (type, data) => {
    const event = {
      id: ulid(),
      type,
      time: Date.parse(at) + 7,
      actor: "pipeline:test",
      causationId: ulid(),
      data,
    } as NewEvent;
    const entity = entityFor(type);
    const body = encode(entity, event);
    expect(read(entity, type, body)).toEqual({
      sequence: 5,
      subject: subjectOf(entity, type),
      entity,
      event: { ...event, sequence: 5 },
      undecodable: null,
      body,
      storedAt: storedLater,
    });
    expect(eventIdOf(body)).toBe(event.id);
  });

  it.each(cases)("refuses %s with any one field missing, and drops a field it does not know", (type, data) => {
    const entity = entityFor(type);
    const event = { id: ulid(), type, time: 0, actor: "x", causationId: null, data } as NewEvent;
    const json = JSON.parse(new TextDecoder().decode(encode(entity, event))) as { data: Record<string, unknown> };
    for (const field of Object.keys(data)) {
      // The answer given to an operator's call is whatever it was, nothing included.
      if (type === "operator.requested" && field === "answer") continue;
      const { [field]: _, ...rest } = json.data;
      expect(read(entity, type, JSON.stringify({ ...json, data: rest })).undecodable?.code, field).toBe("bad-data");
    }
    const more = JSON.stringify({ ...json, extension: 1, data: { ...json.data, later: "field" } });
    expect(read(entity, type, more).event?.data).toEqual(data);
  });

  it.each(cases)("gives %s back from memory as anyone else reads it", (type, data) => {
    const event = { id: ulid(), type, time: Date.parse(at) + 7, actor: "pipeline:test", causationId: null, data };
    const entity = entityFor(type);
    const body = encode(entity, event as NewEvent).slice();
    const own = read(entity, type, body, { encode, decode });
    expect(own).toEqual(read(entity, type, body));
    // A call's answer may be anything, so its schema always decides.
    if (entity.root !== "operator") expect(own.event?.data).toBe(data);
  });

  it("reads whatever else comes under a subject it has written", () => {
    const [mine, theirs] = [requested(1), requested(2)];
    const body = stranger.encode(match("own"), theirs);
    encode(match("own"), mine);
    expect(read(match("own"), mine.type, body, { encode, decode }).event).toEqual({ ...theirs, sequence: 5 });
    expect(read(match("own"), mine.type, "no JSON", { encode, decode }).undecodable?.code).toBe("not-json");
  });

  it("reads what its own text does not give back as it was", () => {
    const costing = (cost: number) => ({
      round: 1,
      retroactive: false,
      answers: [{ model: "llm", outcome: "failed", category: "transient", reason: "503", cost }],
    });
    const event = { ...requested(1), type: "match.predicted", data: costing(-0) } as NewEvent;
    const found = read(match("own"), event.type, encode(match("own"), event), { encode, decode });
    expect(found.event?.data).toEqual(costing(0));
  });

  it("is CloudEvents 1.0 JSON with our extensions", () => {
    const event = { ...requested(1), causationId: null };
    expect(JSON.parse(new TextDecoder().decode(encode(match("a"), event)))).toEqual({
      specversion: "1.0",
      id: event.id,
      source: "/fulltime",
      type: "match.analysis.requested",
      subject: "a",
      time: "2025-08-15T18:30:00.000Z",
      datacontenttype: "application/json",
      version: 1,
      actor: "pipeline:test",
      data: event.data,
    });
  });

  it("says why a body is no event", () => {
    const good = JSON.parse(new TextDecoder().decode(encode(match("a"), requested(1)))) as Record<string, unknown>;
    const code = (change: object) =>
      read(match("a"), "match.analysis.requested", JSON.stringify({ ...good, ...change })).undecodable?.code;
    expect(code({})).toBeUndefined();
    expect(code({ type: "match.analysed" })).toBe("contradicts-subject");
    expect(code({ subject: "b" })).toBe("contradicts-subject");
    expect(code({ version: 2 })).toBe("unknown-version");
    for (const change of [
      { specversion: "0.3" },
      { id: "x" },
      { source: "/else" },
      { time: "yesterday" },
      { time: "2025-99-99T00:00:00Z" },
      { version: 0 },
      { actor: "" },
      { data: undefined },
      { causationid: 1 },
      { datacontenttype: "text/plain" },
    ]) {
      expect(code(change), JSON.stringify(change)).toBe("not-an-event");
    }
    expect(code({ data: { ...requested(1).data, round: 0 } })).toBe("bad-data");
    // storedAt is the year 9999, so that only a time of its own could be ahead of it.
    const early = {
      sequence: 1,
      subject: "match.a.analysis.requested",
      body: encode(match("a"), requested(1)),
      storedAt: 0,
    };
    expect(decode(early)).toMatchObject({ event: null, undecodable: { code: "time-ahead" } });
    const subject = "match.a.new.kind";
    const body = new TextEncoder().encode(JSON.stringify({ ...good, type: "match.new.kind" }));
    expect(decode({ sequence: 1, subject, body, storedAt: storedLater })).toMatchObject({
      entity: match("a"),
      event: null,
      undecodable: { code: "unknown-type" },
    });
    expect(
      decode({ sequence: 1, subject: "match.retro.requested", body, storedAt: storedLater }).undecodable?.code,
    ).toBe("letter");
    expect(decode({ sequence: 1, subject: "match.A.new", body, storedAt: storedLater }).undecodable?.code).toBe(
      "bad-subject",
    );
    expect(
      decode({ sequence: 1, subject: "match._.analysis.requested", body, storedAt: storedLater }).event,
    ).toBeNull();
  });

  it("never throws, whatever was published", () => {
    const subjects = fc.oneof(
      fc.constantFrom("match.a.finished", "match.retro.requested", "source.a.b.polled", "match.a.x"),
      fc.string(),
    );
    const bodies = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(subjects, bodies, (subject, body) => {
        const message = decode({ sequence: 1, subject, body, storedAt: storedLater });
        expect(message.event).toBeNull();
        expect(message.undecodable?.text).toBeTruthy();
        eventIdOf(body);
      }),
    );
  });

  it("reads old versions through their upcasters, one step after the other", () => {
    const type = "match.failure.dismissed";
    const old = createCodec(versions, {}).encode(match("a"), {
      ...requested(1),
      type,
      data: { stage: "settle", by: "anna", reason: "r" },
    });
    const rename = JSON.parse(new TextDecoder().decode(old)) as { data: object };
    const first = new TextEncoder().encode(JSON.stringify({ ...rename, data: { stage: "settle", who: "anna" } }));
    const message = { sequence: 1, subject: `match.a.failure.dismissed`, body: first, storedAt: storedLater };
    const present = { ...versions, [type]: 3 };
    const codec = createCodec(present, {
      [type]: {
        1: (data) => ({ stage: (data as { stage: string }).stage, by: (data as { who: string }).who }),
        2: (data) => ({ ...(data as object), reason: "none was kept" }),
      },
    });
    expect(codec.decode(message).event?.data).toEqual({ stage: "settle", by: "anna", reason: "none was kept" });
    expect(createCodec(present, { [type]: { 1: (data) => data } }).decode(message).undecodable?.code).toBe(
      "unknown-version",
    );
    const throwing = createCodec(present, {
      [type]: {
        1: () => {
          throw new Error("x");
        },
      },
    });
    expect(throwing.decode(message).undecodable?.code).toBe("bad-data");
  });

  it("has a schema and a version for every type", () => {
    expect(Object.keys(versions).sort()).toEqual(Object.keys(schemas).sort());
  });
});

it("reads an analysis of the first version as one of the present", () => {
  const [present] = samples["match.analysed"];
  if (present === undefined) throw new Error("there is no sample");
  const { movement: _, sources: __, ...first } = present;
  const entity: Entity = { root: "match", id: "pl-2016-17-a-b" };
  const event: NewEvent<"match.analysed"> = {
    id: ulid(),
    type: "match.analysed",
    time: Date.parse(at),
    actor: "pipeline:analyse",
    causationId: null,
    data: present,
  };
  const envelope = JSON.parse(new TextDecoder().decode(encode(entity, event))) as object;
  // Written as it was then: its schema is gone, its bytes are in the log.
  const old = read(entity, "match.analysed", JSON.stringify({ ...envelope, version: 1, data: first }));
  expect(old.event?.data).toMatchObject({ ...first, movement: { home: null, away: null } });
});

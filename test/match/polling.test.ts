import { describe, expect, test } from "vitest";
import type { Polled, PollKind, SourceEvent } from "../../src/match/event.ts";
import { defaultPolicy as policy } from "../../src/match/policy.ts";
import {
  duePolls,
  evolveSource,
  isSwept,
  nextPollAt,
  type SourceState,
  unknownSource,
  withSharedBudget,
} from "../../src/match/polling.ts";
import { day, hour, idOf, kickoff, minute, second } from "../support/history.ts";

const good: Polled = {
  kind: "fixtures",
  window: { from: null, to: new Date(kickoff).toISOString() },
  ok: true,
  category: null,
  reason: null,
  retryAt: null,
  counts: { seen: 0, scheduled: 0, finished: 0, rejected: 0, quarantined: 0 },
  rejected: [],
  quarantined: [],
  budget: null,
  exhausted: false,
};

function requested(source: SourceState, kind: PollKind, now: number): SourceState {
  const [poll] = duePolls(source, [kickoff], now, policy).filter((it) => it.kind === kind);
  const data = {
    kind,
    attempt: poll?.attempt ?? 1,
    reason: "due" as const,
    budgetMs: 2 * minute,
    window: { from: null, to: new Date(now).toISOString() },
  };
  return evolveSource(source, entry("source.poll.requested", now, null, data, source));
}

function polled(source: SourceState, kind: PollKind, now: number, changes: Partial<Polled> = {}): SourceState {
  const asked = requested(source, kind, now);
  return evolveSource(
    asked,
    entry("source.polled", now, asked.polls[kind].request?.id ?? null, { ...good, kind, ...changes }, asked),
  );
}

function entry(
  type: SourceEvent["type"],
  time: number,
  causationId: string | null,
  data: unknown,
  source: SourceState,
): SourceEvent {
  const sequence = source.version + 1;
  return {
    type,
    sequence,
    id: idOf(source.id, sequence),
    time,
    actor: "pipeline:poll",
    causationId,
    data,
  } as SourceEvent;
}

const fresh = () => unknownSource("archive.pl");
const next = (source: SourceState, kind: PollKind, kickoffs: number[] = []) =>
  nextPollAt(source, kind, kickoffs, policy);
const now = kickoff - day;

test("fixtures: everything at first, then every 3 h from the last good poll, seven days back and 48 h ahead", () => {
  expect(duePolls(fresh(), [], now, policy)).toMatchObject([
    { kind: "fixtures", attempt: 1, window: { from: null, to: new Date(now + 48 * hour).toISOString() } },
  ]);
  const source = polled(fresh(), "fixtures", now);
  expect(next(source, "fixtures")).toBe(now + 3 * hour);
  expect(duePolls(source, [], now + 3 * hour - 1, policy)).toEqual([]);
  const [poll] = duePolls(source, [now - 20 * day], now + 3 * hour, policy);
  expect(poll?.window.from).toBe(new Date(now - 27 * day).toISOString());
});

test("a failed poll again after 30, 60, 120, 240 s, then every five minutes", () => {
  let source = fresh();
  let at = now;
  const waits: number[] = [];
  for (let i = 0; i < 6; i++) {
    source = polled(source, "fixtures", at, { ok: false, category: "transient" });
    const again = next(source, "fixtures") ?? at;
    waits.push(again - at);
    at = again;
  }
  expect(waits).toEqual([30 * second, minute, 2 * minute, 4 * minute, 5 * minute, 5 * minute]);
  expect(next(polled(source, "fixtures", at), "fixtures")).toBe(at + 3 * hour);
});

test("a source that names a time is asked then, one that says at once after the retry delay", () => {
  const limited = (retryAt: number) =>
    polled(fresh(), "fixtures", now, { ok: false, category: "rate-limited", retryAt: new Date(retryAt).toISOString() });
  expect(next(limited(now + 7 * minute), "fixtures")).toBe(now + 7 * minute);
  expect(next(limited(now), "fixtures")).toBe(now + 30 * second);
});

test("an unanswered poll is asked again one minute past its budget, as the same attempt", () => {
  const source = requested(fresh(), "fixtures", now);
  expect(duePolls(source, [], now + 3 * minute - 1, policy)).toEqual([]);
  expect(duePolls(source, [], now + 3 * minute, policy)).toMatchObject([{ attempt: 1 }]);
});

test("results from kick-off + 105 min, every 5 min, thinning out, never after 30 days", () => {
  const start = polled(fresh(), "fixtures", now);
  expect(next(start, "results", [])).toBeNull();
  expect(next(start, "results", [kickoff])).toBe(kickoff + 105 * minute);
  const swept = (age: number) => next(polled(start, "results", kickoff + age), "results", [kickoff]);
  expect(swept(105 * minute)).toBe(kickoff + 110 * minute);
  expect(swept(day - 1)).toBe(kickoff + day - 1 + 5 * minute);
  expect(swept(day)).toBe(kickoff + day + hour);
  expect(swept(7 * day)).toBe(kickoff + 7 * day + 6 * hour);
  expect(swept(30 * day - 1)).toBe(kickoff + 30 * day - 1 + 6 * hour);
  expect(swept(30 * day)).toBeNull();
  expect(isSwept(kickoff, kickoff + 105 * minute - 1, policy)).toBe(false);
  expect(isSwept(kickoff, kickoff + 105 * minute, policy)).toBe(true);
  expect(isSwept(kickoff, kickoff + 30 * day, policy)).toBe(false);
});

test("a later match is swept at its own time although an earlier one was swept before", () => {
  const source = polled(fresh(), "results", kickoff + 105 * minute);
  expect(next(source, "results", [kickoff + 3 * hour])).toBe(kickoff + 3 * hour + 105 * minute);
});

test("a failed sweep whose match has ended meanwhile waits for the next match", () => {
  const source = polled(fresh(), "results", kickoff + 105 * minute, { ok: false, category: "transient" });
  expect(next(source, "results", [kickoff])).toBe(kickoff + 105 * minute + 30 * second);
  expect(next(source, "results", [kickoff + day])).toBe(kickoff + day + 105 * minute);
  expect(next(source, "results", [])).toBeNull();
});

test("an exhausted source is asked for no more fixtures", () => {
  expect(next(polled(fresh(), "fixtures", now, { exhausted: true }), "fixtures")).toBeNull();
});

test("a poll nobody asked for, and a broken message, only move the version", () => {
  const source = requested(fresh(), "fixtures", now);
  const forged = evolveSource(source, entry("source.polled", now, "nobody", good, source));
  expect(forged).toEqual({ ...source, version: source.version + 1 });
  expect(evolveSource(source, { sequence: 9, type: null })).toEqual({ ...source, version: 9 });
});

test("a copy of an old request opens nothing, and one from the future keeps no later one out", () => {
  const asked = requested(unknownSource("archive.pl"), "fixtures", kickoff);
  const { request } = asked.polls.fixtures;
  const done = polled(asked, "fixtures", kickoff + second);
  const copy = {
    ...entry("source.poll.requested", kickoff, null, { ...good, attempt: 1, reason: "due", budgetMs: 1 }, done),
    id: request?.id ?? "",
  };
  expect(evolveSource(done, copy as never).polls).toEqual(done.polls);

  const ahead = requested(done, "results", kickoff + 300 * day);
  const next = requested(ahead, "fixtures", kickoff + hour);
  expect(next.polls.fixtures.request).toMatchObject({ time: kickoff + hour });
});

describe("a daily quota", () => {
  const reset = now + 10 * hour;
  const budget = (remaining: number, limit?: number) => ({
    remaining,
    resetAt: new Date(reset).toISOString(),
    ...(limit === undefined ? {} : { limit }),
  });
  const withBudget = (left: ReturnType<typeof budget>) => polled(fresh(), "fixtures", now, { budget: left });

  test("keeps a fifth of itself for what is due: fixtures wait for the next day, results and line-ups go on", () => {
    expect(next(withBudget(budget(21, 100)), "fixtures")).toBe(now + 3 * hour);
    const low = withBudget(budget(20, 100));
    expect(next(low, "fixtures")).toBe(reset);
    expect(duePolls(low, [now - 2 * hour], now + 4 * hour, policy).map(({ kind }) => kind)).toEqual(["results"]);
  });

  test("that is low lets sweeps wait for matches older than a day", () => {
    const low = polled(withBudget(budget(21, 100)), "results", now, { budget: budget(20, 100) });
    expect(next(low, "results", [now - 2 * day])).toBe(reset);
    expect(next(low, "results", [now - 2 * day, now])).toBe(now + 105 * minute);
  });

  test("that is used up stops all until it is whole again", () => {
    const spent = withBudget(budget(0));
    expect(next(spent, "fixtures")).toBe(reset);
    expect(next(spent, "results", [now])).toBe(reset);
    expect(next(withBudget(budget(1)), "fixtures")).toBe(now + 3 * hour);
  });

  test("whose day has passed holds nothing", () => {
    const source = withBudget({ ...budget(0, 100), resetAt: new Date(now + hour).toISOString() });
    expect(next(source, "fixtures")).toBe(now + 3 * hour);
  });

  test("that refused a poll burns no attempt", () => {
    const refused = { ok: false, category: "budget" as const, retryAt: new Date(reset).toISOString() };
    const source = polled(polled(fresh(), "fixtures", now, refused), "fixtures", reset, refused);
    expect(duePolls(source, [], reset + day, policy)).toMatchObject([
      { kind: "fixtures", attempt: 1, reason: "retry" },
    ]);
  });

  test("is the provider's: the newest word on it counts for all its competitions", () => {
    const other = { ...polled(unknownSource("archive.bl1"), "fixtures", now + minute, { budget: budget(3, 100) }) };
    const elsewhere = polled(unknownSource("elsewhere.pl"), "fixtures", now + hour, { budget: budget(0, 100) });
    const own = withBudget(budget(90, 100));
    expect(withSharedBudget(own, [own, other, elsewhere]).budget).toEqual(budget(3, 100));
    expect(next(withSharedBudget(own, [own, other]), "fixtures")).toBe(reset);
    expect(withSharedBudget(other, [own, other]).budget).toEqual(budget(3, 100));
  });
});

import { describe, expect, test } from "vitest";
import { type GapAlert, gapAlertOf } from "../../src/actors/gap-alert.ts";
import type { LogMessage } from "../../src/events/log.ts";
import type { Severity } from "../../src/match/event.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import { day, type History, history, hour, kickoff, minute } from "../support/history.ts";

const messagesOf = ({ id, entries }: History): LogMessage[] =>
  entries.map((entry) => ({
    sequence: entry.sequence,
    subject: entry.type === null ? `match.${id}.x` : `match.${id}.${entry.type.slice("match.".length)}`,
    entity: { root: "match", id },
    event: entry.type === null ? null : entry,
    undecodable: entry.type === null ? { code: "not-json", text: "" } : null,
    body: new Uint8Array(),
    storedAt: 0,
  }));

/** What each gap fact of a life says, told one after the other. */
function alertsOf(life: History): GapAlert[] {
  const messages = messagesOf(life);
  return messages.flatMap(({ sequence }) => gapAlertOf(life.id, sequence, messages, defaultPolicy) ?? []);
}

const said = (life: History) => alertsOf(life).map(({ type, severity, stage }) => `${type} ${severity} ${stage}`);

const gaps = (life: History) => life.dispatch((it) => it.kind === "gap-raised" || it.kind === "gap-resolved");

/** Its analysis is never asked for. */
function neglected(): History {
  const life = history("pl-2016-17-a-b", kickoff - 2 * day).scheduled();
  gaps(life.at(kickoff - 5 * hour));
  gaps(life.at(kickoff - 3 * hour));
  return life;
}

describe("what is told of a gap", () => {
  test("names match, stage, severity, time and reason", () => {
    const life = neglected();
    gaps(life.at(kickoff - 90 * minute));
    expect(alertsOf(life)).toEqual([
      {
        id: life.last.id,
        type: "gap.raised",
        match: { id: life.id, home: "A", away: "B", kickoff: new Date(kickoff).toISOString() },
        severity: "critical",
        stage: "analyse",
        dueSince: new Date(kickoff - 6 * hour).toISOString(),
        reason: "analysis not asked for",
        sequence: life.last.sequence,
        time: new Date(kickoff - 90 * minute).toISOString(),
      },
    ]);
  });

  test("info and warning are nothing to tell, nor is their end", () => {
    const life = neglected();
    expect(life.match.gap?.severity).toBe("warning");
    life.requested("analyse").analysed();
    gaps(life);
    expect(life.last.type).toBe("match.gap.resolved");
    expect(said(life)).toEqual([]);
  });

  test("critical is told, then missed, then the end, with what it was last told as", () => {
    const life = neglected();
    gaps(life.at(kickoff - 90 * minute));
    gaps(life.at(kickoff + minute));
    gaps(life.scheduled({ status: "cancelled" }).after(minute));
    expect(said(life)).toEqual([
      "gap.raised critical analyse",
      "gap.raised missed analyse",
      "gap.resolved missed analyse",
    ]);
    expect(alertsOf(life).at(-1)).toMatchObject({
      dueSince: new Date(kickoff - 6 * hour).toISOString(),
      reason: "nothing is missing any more: the match is cancelled",
    });
  });

  test("a critical gap that falls to info is still one whose end is told", () => {
    const life = neglected();
    gaps(life.at(kickoff - 90 * minute));
    gaps(life.scheduled({ kickoff: kickoff + 3.5 * hour }).after(10 * minute));
    expect(life.match.gap?.severity).toBe("info");
    life.requested("analyse").analysed();
    gaps(life);
    expect(said(life)).toEqual(["gap.raised critical analyse", "gap.resolved critical analyse"]);
  });
});

describe("told once", () => {
  const raise = (life: History, severity: Severity, dueSince = kickoff - 6 * hour) =>
    life.event("match.gap.raised", { severity, stage: "analyse", dueSince: new Date(dueSince).toISOString() });
  const resolve = (life: History) => life.event("match.gap.resolved", { severity: "critical", stage: "analyse" });
  const begun = () => history("pl-2016-17-a-b", kickoff - 90 * minute).scheduled();

  test("a fact that comes again while its gap is open", () => {
    const life = begun();
    raise(raise(life, "critical"), "critical");
    expect(said(life)).toEqual(["gap.raised critical analyse"]);
  });

  test("but another gap at the same severity is told", () => {
    const life = begun();
    raise(raise(life, "critical"), "critical", kickoff - 5 * hour);
    expect(said(life)).toHaveLength(2);
  });

  test("a gap that had healed is told again", () => {
    const life = begun();
    raise(resolve(raise(life, "critical")), "critical");
    expect(said(life)).toEqual([
      "gap.raised critical analyse",
      "gap.resolved critical analyse",
      "gap.raised critical analyse",
    ]);
  });

  test("an end that comes twice, or without a beginning", () => {
    const life = resolve(begun());
    resolve(resolve(raise(life, "missed")));
    expect(said(life)).toEqual(["gap.raised missed analyse", "gap.resolved missed analyse"]);
  });

  test("what strangers wrote is no gap: of a match never scheduled, or undecodable", () => {
    expect(said(raise(history(), "critical"))).toEqual([]);
    expect(said(begun().broken())).toEqual([]);
  });

  test("what is told of a fact does not change with what came after it", () => {
    const life = begun();
    raise(life, "critical");
    const before = alertsOf(life);
    raise(life.requested("analyse").analysed(), "missed");
    expect(alertsOf(life).slice(0, 1)).toEqual(before);
  });
});

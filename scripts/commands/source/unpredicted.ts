import type { App } from "../../../src/app.ts";
import type { Config } from "../../../src/config.ts";
import { openExistingLog } from "../../../src/open-log.ts";
import { countingAnswers } from "../../../src/match/answers.ts";
import type { MatchEvent } from "../../../src/match/event.ts";
import { timelineOf } from "../../../src/projections/timeline.ts";
import { minuteOf } from "../../cli/format.ts";

/** A match that has ended and has no answer that counts, and why. */
export interface Unpredicted {
  matchId: string;
  why: string;
}

/** Of the live matches that have ended, those without an answer that counts. */
export async function unpredictedIn(app: App, { natsCreds, policy }: Config): Promise<Unpredicted[]> {
  const ids = endedWithout(app);
  if (ids.length === 0) return [];
  const log = await openExistingLog(app.natsUrl, natsCreds);
  try {
    const found: Unpredicted[] = [];
    for (const matchId of ids) {
      const messages = await log.history({ root: "match", id: matchId });
      const events = timelineOf(matchId, messages, policy).moments.flatMap(({ event }) => event ?? []);
      found.push({ matchId, why: whyUnpredicted(events) ?? `see fulltime match ${matchId}` });
    }
    return found;
  } finally {
    await log.close();
  }
}

function endedWithout({ readModel }: App): string[] {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = readModel.matches({ purpose: "live", limit: 1000, ...(cursor === null ? {} : { cursor }) });
    for (const { id, status } of page.matches) {
      if (status !== "finished") continue;
      const match = readModel.match(id);
      if (match !== null && countingAnswers(match).length === 0) found.push(id);
    }
    cursor = page.cursor;
  } while (cursor !== null);
  return found;
}

/**
 * Why no answer of a match counts, where a reschedule says so; null elsewhere. A source may tell of a kick-off once it has passed,
 * earlier than the one it had told before. What was answered for that one came after the match had begun, so nobody did anything
 * wrong and only retro can predict it.
 */
export function whyUnpredicted(events: readonly MatchEvent[]): string | null {
  let known: { at: number; timeAssumed: boolean } | null = null;
  let why: string | null = null;
  for (const event of events) {
    if (event.type !== "match.scheduled") continue;
    const { kickoff, timeAssumed } = event.data;
    const at = Date.parse(kickoff);
    if (known !== null && at < known.at && at <= event.time) {
      const before = `${minuteOf(known.at)}${known.timeAssumed ? " (time assumed)" : ""}`;
      why = `it kicked off at ${minuteOf(at)}, and the source said ${before} until ${minuteOf(event.time)}: answers came too late to count`;
    }
    known = { at, timeAssumed };
  }
  return why;
}

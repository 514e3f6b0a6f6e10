import { setImmediate } from "node:timers/promises";
import { matchEntry } from "../events/entries.ts";
import type { EventLog } from "../events/log.ts";
import { type BackfillScope, contentOf, type Lack, lackOf } from "../match/backfill.ts";
import { digest } from "../match/digest.ts";
import { evolve } from "../match/evolve.ts";
import { type Match, unknownMatch } from "../match/match.ts";
import { hasBegun } from "../match/schedule.ts";
import type { MatchBook } from "../match/orders.ts";
import type { PlannedBackfill, Window } from "./backfill-plan.ts";

/** How far back the plan that was shown is looked for. */
const lookBackMs = 24 * 3_600_000;

/** Matches looked at in all, moment by moment: some seconds of a command's time. */
const effortMax = 1_000_000;

/**
 * How the plan of now differs from the one with that hash. A hash holds no plan, the log does: this goes back through the
 * candidates' lives until they give that hash.
 */
export async function whatDiffers(
  hash: string,
  { lacks, scope, window }: PlannedBackfill,
  book: MatchBook,
  log: EventLog,
  effort = effortMax,
): Promise<string[]> {
  const then = await earlierPlan(hash, scope, window, log, effort);
  if (then === null) {
    return [
      `nothing in the last 24 hours of the log gives plan ${hash} for these options: was it made with others, or another panel?`,
      `now: ${matchesOf(lacks.length)}; a dry run shows them`,
    ];
  }
  return differencesOf(then, { lacks, scope }, book);
}

/** What stands in one plan and not, or not so, in the other, match by match. */
export function differencesOf(
  then: readonly Lack[],
  { lacks, scope }: Pick<PlannedBackfill, "lacks" | "scope">,
  book: Pick<MatchBook, "match">,
): string[] {
  const [was, is] = [then, lacks].map((plan) => new Map(plan.map((lack) => [lack.matchId, spell(lack)])));
  const ids = [...new Set([...then, ...lacks].map(({ matchId }) => matchId))].sort();
  return ids.flatMap((id) => {
    const [before, after] = [was?.get(id) ?? absent, is?.get(id) ?? absent];
    return before === after ? [] : [`${id}: was ${before}; is ${after}${sinceOf(book.match(id), scope)}`];
  });
}

const absent = "not in it";

function spell(lack: Lack): string {
  return `${lack.stages.join(", ")} with ${lack.models.length} model call${lack.models.length === 1 ? "" : "s"}${lack.models.length === 0 ? "" : ` (${lack.models.join(", ")})`}`;
}

function sinceOf(match: Match | null, scope: BackfillScope): string {
  if (match === null) return "";
  const lack = lackOf(match, scope);
  return typeof lack === "string" ? ` (${lack}, message #${match.version})` : ` (message #${match.version})`;
}

/** What was known once a message had come, or an instant had passed. */
interface Moment {
  sequence: number;
  at: number;
}

async function earlierPlan(
  hash: string,
  scope: BackfillScope,
  window: Window,
  log: EventLog,
  effort: number,
): Promise<Lack[] | null> {
  const [from, now] = [scope.now - lookBackMs, scope.now];
  const matches = window.matches(from, now);
  // Each moment looks at each match: with many of them only the newest moments can be tried.
  const momentsMax = Math.floor(effort / Math.max(1, matches.length));
  if (momentsMax === 0) return null;
  const lives: Life[] = [];
  for (let at = 0; at < matches.length; at += livesAtOnce)
    lives.push(...(await Promise.all(matches.slice(at, at + livesAtOnce).map(({ id }) => lifeOf(id, log)))));
  const looked = new Map<Match, { begun: boolean; lack: Lack | null }>();
  const lackThen = (match: Match, at: number): Lack | null => {
    const begun = match.fixture !== null && hasBegun(match.fixture, at);
    const before = looked.get(match);
    // All that time alone changes about a match is whether it has begun.
    if (before?.begun === begun) return before.lack;
    const found = lackOf(match, { ...scope, now: at });
    const lack = typeof found === "string" ? null : found;
    looked.set(match, { begun, lack });
    return lack;
  };
  const seen = new Set<string>();
  for (const { sequence, at } of momentsOf(lives, matches, from, now).slice(0, momentsMax)) {
    await setImmediate();
    const then = lives.flatMap((life) => {
      const match = stateAt(life, sequence);
      return match !== undefined && window.holds(match, at) ? (lackThen(match, at) ?? []) : [];
    });
    const content = contentOf(then);
    if (seen.has(content)) continue;
    seen.add(content);
    if (digest(content) === hash) return then;
  }
  return null;
}

const livesAtOnce = 200;

/** The walk goes back in time, so each life is left where the last moment found it. */
function stateAt(life: Life, sequence: number): Match | undefined {
  while (life.at >= 0 && (life.states[life.at]?.version ?? 0) > sequence) life.at--;
  return life.states[life.at];
}

interface Life {
  id: string;
  /** Ascending; `at` is when each came. */
  states: Match[];
  /** Index of the state the walk has come to. */
  at: number;
  moments: Moment[];
}

async function lifeOf(id: string, log: EventLog): Promise<Life> {
  const life: Life = { id, states: [], at: -1, moments: [] };
  let match = unknownMatch(id);
  for (const message of await log.history({ root: "match", id })) {
    match = evolve(match, matchEntry(message));
    life.states.push(match);
    life.at = life.states.length - 1;
    life.moments.push({ sequence: message.sequence, at: message.event?.time ?? match.updatedAt });
  }
  return life;
}

/** Newest first: after each message, and around each instant at which a match comes into the window or leaves it. */
function momentsOf(lives: readonly Life[], matches: readonly Match[], from: number, now: number): Moment[] {
  const messages = lives.flatMap(({ moments }) => moments).sort((a, b) => a.sequence - b.sequence);
  const before = (at: number) => newestBefore(messages, at);
  const passing = matches.flatMap(({ fixture }) => (fixture === null ? [] : [fixture.kickoff - 1, fixture.kickoff]));
  const instants = [from, now, ...passing].filter((at) => at >= from && at <= now);
  return [...messages.filter(({ at }) => at >= from), ...instants.map((at) => ({ sequence: before(at), at }))].sort(
    (a, b) => b.sequence - a.sequence || b.at - a.at,
  );
}

function matchesOf(count: number): string {
  return count === 1 ? "1 match" : `${count} matches`;
}

/** The newest message that had come by then; messages are in order of sequence, and their times nearly so. */
function newestBefore(messages: readonly Moment[], at: number): number {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return messages[low - 1]?.sequence ?? 0;
}

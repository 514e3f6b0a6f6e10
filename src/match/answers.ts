import type { Category, RosterEntry } from "./event.ts";
import type { Answer, Match, Outcome } from "./match.ts";

/** Categories that pass by themselves: the model or stage is asked again. */
export function isPassing(category: Category): boolean {
  return category !== "permanent" && category !== "crash" && category !== "missed";
}

/** Whether a failure of this category uses up one of the stage's attempts. */
export function burnsAttempt(category: Category): boolean {
  return category === "transient" || category === "bug" || category === "no-predictions";
}

export type Counting = true | "late" | "superseded" | "duplicate";

export interface Counted {
  answer: Answer;
  counts: Counting;
}

/**
 * Whether each answer counts, in the order given by the log: of the current round, in time by the kick-off known then and by
 * the one known now, one for each model. A retroactive answer is never late.
 */
export function countAnswers(match: Match): readonly Counted[] {
  return tallyOf(match).counted;
}

export function countingAnswers(match: Match): readonly Answer[] {
  return tallyOf(match).counting;
}

interface Tally {
  round: number;
  kickoff: number | null;
  counted: readonly Counted[];
  counting: readonly Answer[];
}

/**
 * The newest tally of each list of answers. Every event of a match asks a dozen times for what depends on the answers alone,
 * and most events bring none: counted anew each time, 42 answers were a third of the pipeline's work. No fold changes a list.
 */
const tallies = new WeakMap<readonly Answer[], Tally>();

/** One for all lists that are empty, as those of most matches are for most of their lives: nothing is remembered of each. */
const noAnswers: Pick<Tally, "counted" | "counting"> = { counted: [], counting: [] };

function tallyOf(match: Match): Pick<Tally, "counted" | "counting"> {
  if (match.answers.length === 0) return noAnswers;
  const round = match.round.number;
  const kickoff = match.fixture?.kickoff ?? null;
  const known = tallies.get(match.answers);
  if (known !== undefined && known.round === round && known.kickoff === kickoff) return known;
  const models = new Set<string>();
  const counted = match.answers.map((answer): Counted => {
    if (answer.round !== round) return { answer, counts: "superseded" };
    if (isLate(answer, kickoff)) return { answer, counts: "late" };
    if (models.has(answer.model)) return { answer, counts: "duplicate" };
    models.add(answer.model);
    return { answer, counts: true };
  });
  const counting = counted.flatMap(({ answer, counts }) => (counts === true ? [answer] : []));
  const tally = { round, kickoff, counted, counting };
  tallies.set(match.answers, tally);
  return tally;
}

function isLate(answer: Answer, kickoff: number | null): boolean {
  return !answer.retroactive && (answer.late || (kickoff !== null && answer.time >= kickoff));
}

interface Open {
  roster: readonly RosterEntry[];
  outcomes: readonly Outcome[];
  models: readonly string[];
}

/** The newest list of open models of each list of answers that count, for the same reason. */
const opens = new WeakMap<readonly Answer[], Open>();

/** Roster models of the current round that have no final outcome yet: those still to be called. */
export function openModels(match: Match): readonly string[] {
  const { outcomes } = match;
  const { roster } = match.round;
  if (roster === null) return [];
  // A tally is of one round.
  const counting = countingAnswers(match);
  const known = opens.get(counting);
  if (known !== undefined && known.roster === roster && known.outcomes === outcomes) return known.models;
  const answered = new Set(counting.map((answer) => answer.model));
  const models = roster
    .map((entry) => entry.model)
    .filter((model) => !answered.has(model) && !isFinal(outcomeOf(match, model)));
  opens.set(counting, { roster, outcomes, models });
  return models;
}

export function outcomeOf(match: Match, model: string): Outcome | undefined {
  return match.outcomes.find((outcome) => outcome.model === model && outcome.round === match.round.number);
}

function isFinal(outcome: Outcome | undefined): boolean {
  if (outcome === undefined) return false;
  return outcome.outcome !== "failed" || (outcome.category !== null && !isPassing(outcome.category));
}

/** Every roster model has a final outcome. */
export function isComplete(match: Match): boolean {
  return match.round.roster !== null && openModels(match).length === 0;
}

/** Complete, with at least one answer that counts. */
export function isCovered(match: Match): boolean {
  return isComplete(match) && countingAnswers(match).length > 0;
}

import type { Category } from "./event.ts";
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

/**
 * Whether each answer counts, in the order given by the log: of the current round, in time by the kick-off known then and by
 * the one known now, one for each model. A retroactive answer is never late.
 */
export function countAnswers(match: Match): { answer: Answer; counts: Counting }[] {
  const counted = new Set<string>();
  return match.answers.map((answer) => {
    if (answer.round !== match.round.number) return { answer, counts: "superseded" as const };
    if (isLate(answer, match)) return { answer, counts: "late" as const };
    if (counted.has(answer.model)) return { answer, counts: "duplicate" as const };
    counted.add(answer.model);
    return { answer, counts: true as const };
  });
}

export function countingAnswers(match: Match): Answer[] {
  return countAnswers(match).flatMap(({ answer, counts }) => (counts === true ? [answer] : []));
}

function isLate(answer: Answer, match: Match): boolean {
  if (answer.retroactive) return false;
  return answer.late || (match.fixture !== null && answer.time >= match.fixture.kickoff);
}

/** Roster models of the current round that have no final outcome yet: those still to be called. */
export function openModels(match: Match): string[] {
  const roster = match.round.roster ?? [];
  const answered = new Set(countingAnswers(match).map((answer) => answer.model));
  return roster
    .map((entry) => entry.model)
    .filter((model) => !answered.has(model) && !isFinal(outcomeOf(match, model)));
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

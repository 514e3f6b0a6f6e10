import { type Format, formatOf, type League } from "./competitions.ts";

/** A round, whatever a source calls it. */
export type Round = { number: number } | { stage: string } | null;

const numbered =
  /^(?:(?:match ?day|spieltag|round|runde|jornada|giornata|journ[ée]e|regular season)[ -]*)?(\d{1,2})(?:\. ?(?:spieltag|runde))?$/i;

/**
 * `Matchday 12`, `12. Spieltag`, `Regular Season - 12` and `12` are round 12; anything else is a stage of its own, a play-off
 * or a group after the regular season.
 */
export function roundOf(label: string | null): Round {
  const text = label?.trim().replace(/\s+/g, " ") ?? "";
  if (text === "") return null;
  const number = numbered.exec(text)?.[1];
  return number === undefined ? { stage: text } : { number: Number(number) };
}

/** As a fixture's `matchday` has it. */
export function matchdayOf(round: Round): string | null {
  if (round === null) return null;
  return "number" in round ? `${round.number}` : round.stage;
}

/** Rounds in which everybody meets everybody else at home and away once. */
function cycleOf({ clubs }: Format): number {
  return 2 * (clubs - 1);
}

/** How often a pairing meets at one ground in the regular season. */
export function meetingsOf(format: Format): number {
  return Math.max(1, Math.floor(format.rounds / cycleOf(format)));
}

/** How often it meets there at most: in a league that is split once more after that, and once in a play-off. */
export function legsMax(format: Format): number {
  return Math.max(1, Math.ceil(format.rounds / cycleOf(format))) + 1;
}

/**
 * Which meeting of a pairing at one ground a numbered round is, by the number alone: so it is the same whichever of the
 * meetings a source shows, and however they are moved. null for a round that the season has not.
 */
export function legOf(league: League, season: string, round: number): number | null {
  const format = formatOf(league, season);
  if (round < 1 || round > format.rounds) return null;
  return Math.floor((round - 1) / cycleOf(format)) + 1;
}

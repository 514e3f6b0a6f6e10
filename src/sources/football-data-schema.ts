import { z } from "zod";
import type { Status } from "../match/status.ts";

/**
 * What football-data.org v4 answers, as far as we read it (docs.football-data.org: Competition, Match, Dealing with scores).
 * A list's matches are read one by one: one that is wrong must not keep out the others.
 */
export const matchesSchema = z.object({ matches: z.array(z.unknown()) });

export const competitionSchema = z.object({
  id: z.int(),
  code: z.string().nullish(),
  name: z.string(),
  plan: z.string().nullish(),
  currentSeason: z
    .object({ startDate: z.iso.date(), endDate: z.iso.date(), currentMatchday: z.int().nullish() })
    .nullish(),
});

export const competitionsSchema = z.object({ competitions: z.array(competitionSchema) });

/** No club or stage is called at such length; a broken list must not fill the log. */
const words = z.string().max(80);
/** Eleven, and what a provider may count among them. */
const playersMax = 50;

/** Whether these count goals is asked where they are needed: a slip in a score that nobody reads harms no match. */
const side = z.object({ home: z.number().nullable(), away: z.number().nullable() });

const scoreSchema = z.object({
  /** Of this match, its shoot-out included. */
  winner: z.unknown().optional(),
  duration: z.string().nullish(),
  fullTime: side,
  halfTime: side.nullish(),
  regularTime: side.nullish(),
  extraTime: side.nullish(),
  penalties: side.nullish(),
});
export type RawScore = z.infer<typeof scoreSchema>;

/** Both names are null while a play-off waits for its teams. */
const team = z.object({ id: z.int().nullish(), name: words.min(1).nullable() });

export const matchSchema = z.object({
  id: z.int(),
  utcDate: z.iso.datetime(),
  status: z.string(),
  matchday: z.int().nullish(),
  stage: words.nullish(),
  season: z.object({ startDate: z.iso.date(), endDate: z.iso.date() }),
  homeTeam: team,
  awayTeam: team,
  score: scoreSchema,
});
export type RawMatch = z.infer<typeof matchSchema>;

const player = z.object({ name: words.min(1) });
/** Without `lineup` in the plans that do not have it; empty until it is known. */
const teamOfMatch = z.object({ lineup: z.array(player).max(playersMax).nullish() });
export const lineupsSchema = z.object({ homeTeam: teamOfMatch, awayTeam: teamOfMatch });

export const errorSchema = z.object({ message: z.string().optional(), error: z.string().optional() });

/** Every documented status. SCHEDULED has a date whose time is not settled, TIMED has both. */
export const statuses: ReadonlyMap<string, Status> = new Map([
  ["SCHEDULED", "scheduled"],
  ["TIMED", "scheduled"],
  ["IN_PLAY", "in-play"],
  ["PAUSED", "in-play"],
  ["EXTRA_TIME", "in-play"],
  ["PENALTY_SHOOTOUT", "in-play"],
  ["FINISHED", "finished"],
  ["SUSPENDED", "interrupted"],
  ["POSTPONED", "postponed"],
  ["CANCELLED", "cancelled"],
  ["AWARDED", "awarded"],
]);

import { z } from "zod";
import type { Status } from "../match/status.ts";

/**
 * What API-Football v3 answers, as far as we read it (api-football.com/documentation-v3). `errors` is an empty list where
 * there is none and an object of sentences by kind where there is one, under HTTP 200. It is read before the rest: what is
 * refused may have no `response`.
 */
export const errorsSchema = z.object({ errors: z.unknown().optional() });

export const envelopeSchema = z.object({
  paging: z.object({ current: z.int(), total: z.int() }).optional(),
  response: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]),
});

/** No club or round is called at such length; a broken list must not fill the log. */
const words = z.string().max(80);

/** Whether these count goals is asked where they are needed: a slip in a score that nobody reads harms no match. */
const side = z.object({ home: z.number().nullable(), away: z.number().nullable() });
const team = z.object({ id: z.int().nullish(), name: words.min(1).nullable() });

export const fixtureSchema = z.object({
  fixture: z.object({
    id: z.int(),
    date: z.iso.datetime({ offset: true }),
    status: z.object({ short: z.string() }),
  }),
  league: z.object({ id: z.int(), season: z.int(), round: words.nullish() }),
  teams: z.object({ home: team, away: team }),
  /** Extra time included, the shoot-out not. */
  goals: side,
  score: z.object({ halftime: side.nullish(), fulltime: side, extratime: side.nullish(), penalty: side.nullish() }),
});
export type RawFixture = z.infer<typeof fixtureSchema>;

export const lineupsSchema = z.array(
  z.object({
    team: z.object({ id: z.int().nullish(), name: z.string() }),
    startXI: z.array(z.object({ player: z.object({ name: words.nullish() }) })).max(50),
  }),
);

export const statusSchema = z.object({
  subscription: z.object({ plan: z.string().nullish() }).nullish(),
  requests: z.object({ current: z.int(), limit_day: z.int() }),
});

export const leaguesSchema = z.array(
  z.object({
    league: z.object({ id: z.int(), name: z.string() }),
    seasons: z.array(
      z.object({
        year: z.int(),
        start: z.iso.date(),
        end: z.iso.date(),
        current: z.boolean(),
        coverage: z.object({ fixtures: z.object({ lineups: z.boolean() }) }),
      }),
    ),
  }),
);

/** Every documented short code. */
export const statuses: ReadonlyMap<string, Status> = new Map([
  ["TBD", "scheduled"],
  ["NS", "scheduled"],
  ["1H", "in-play"],
  ["HT", "in-play"],
  ["2H", "in-play"],
  ["ET", "in-play"],
  ["BT", "in-play"],
  ["P", "in-play"],
  ["LIVE", "in-play"],
  ["SUSP", "interrupted"],
  ["INT", "interrupted"],
  ["FT", "finished"],
  ["AET", "finished"],
  ["PEN", "finished"],
  ["PST", "postponed"],
  ["CANC", "cancelled"],
  ["ABD", "abandoned"],
  ["AWD", "awarded"],
  ["WO", "walk-over"],
]);

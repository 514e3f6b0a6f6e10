import { z } from "zod";

/**
 * A file of openfootball/football.json: `{name, matches: [{round, date, time?, team1, team2, score?: {ht?, ft?, et?, p?}, status?}]}`.
 * Matches are read one by one: a broken one must not take the others with it.
 */
export const fileSchema = z.object({ name: z.string().max(200).optional(), matches: z.array(z.unknown()).max(2000) });

/** No club or round is called at such length; a broken file must not fill the log. */
const words = z.string().trim().min(1).max(80);
const goals = z.int().min(0).max(99);
const pair = z.tuple([goals, goals]);

export const matchSchema = z.object({
  round: words.nullish(),
  date: z.string().max(40),
  /** Wall clock where the match is played. */
  time: z.string().max(40).nullish(),
  team1: words,
  team2: words,
  score: z
    .object({
      ht: pair.nullish(),
      /** After 90 minutes. */
      ft: pair.nullish(),
      /** After extra time, the goals before it included. */
      et: pair.nullish(),
      /** The shoot-out alone. */
      p: pair.nullish(),
    })
    .nullish(),
  /** Only when something is out of the ordinary. */
  status: z.string().max(80).nullish(),
});

export type FileMatch = z.infer<typeof matchSchema>;

import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { PollRemark } from "../match/event.ts";
import type { League } from "./competitions.ts";
import type { Answer, Limits } from "./http.ts";
import { localKickoff } from "./kickoff.ts";
import type { Known } from "./known.ts";
import { cut } from "./remark.ts";
import type { Told } from "./recognise.ts";
import type { Doubt } from "./score.ts";
import { type Source, SourceError, type SourcePage } from "./source.ts";

/** What a source that is asked over HTTP with a key needs. */
export interface LiveOptions {
  /** The provider's address or that of a server that speaks the same; default the provider's own. */
  url?: string | undefined;
  key: string;
  /** Our ids or the provider's codes. */
  competitions: readonly string[];
  known: Known;
  clock: Clock;
  /** Requests a minute that the key's plan allows. */
  perMinute?: number | undefined;
  /** How long that minute is, in milliseconds. */
  minuteMs?: number | undefined;
  limits?: Partial<Limits> | undefined;
  /** Certificates (PEM) trusted instead of the system's. */
  ca?: string | undefined;
}

export interface HttpSource extends Source {
  /** What the key gives: for `fulltime source check`. A few calls. */
  offer(signal: AbortSignal): Promise<Offer>;
  /** Ends its connections. */
  close(): Promise<void>;
}

export interface Offer {
  /** As the provider calls it. */
  plan: string | null;
  competitions: OfferedCompetition[];
  /** Calls left of the day, null where days are not counted. */
  budget: SourcePage["budget"];
  /** Requests a minute. */
  perMinute: number | null;
}

export interface OfferedCompetition {
  code: string;
  /** Ours; null for one that this version does not know. */
  id: string | null;
  name: string;
  /** First and last day of its present season. */
  season: { first: string; last: string } | null;
  /** Whether line-ups come with it; null where only asking for some tells. */
  lineups: boolean | null;
}

/** An envelope that is not as documented is the provider's new contract, and no outage: somebody has to look at it. */
export function readAs<T>(schema: z.ZodType<T>, body: unknown, provider: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new SourceError("permanent", `${provider} answers in a shape it does not document: ${oneLine(parsed.error)}`);
}

/** An entry of a list that is none of our matches, and why. */
export interface Refused extends PollRemark {
  /** The provider's number of it; null where that cannot be read. */
  ref: string | null;
  /** It may be one, once the provider says otherwise: quarantined, where the others are rejected. */
  doubtful: boolean;
}

/** What each entry of a list says; one that is wrong keeps out nobody else. */
export function readEach(list: readonly unknown[], read: (raw: unknown) => Told | Refused) {
  const told: Told[] = [];
  const refused: Refused[] = [];
  for (const raw of list) {
    const one = read(raw);
    if ("code" in one) refused.push({ ...cut(one), ref: one.ref, doubtful: one.doubtful });
    else told.push(one);
  }
  return { told, refused };
}

/** There is no result by hand: a score comes from the provider or not at all. */
export function inDoubt(ref: string, match: string, { code, text }: Doubt, provider: string): Refused {
  return { ref, code, match, text: `${text}; it waits until ${provider} corrects it: tell them`, doubtful: true };
}

export function oneLine(error: z.ZodError): string {
  return error.issues
    .slice(0, 2)
    .map(({ path, message }) => `${path.map(String).join(".") || "the whole"}: ${message}`)
    .join("; ")
    .slice(0, 160);
}

/**
 * The instant a provider gives, which is in UTC. One whose time is not settled yet is midnight there, the placeholder of both
 * providers: it gets the league's own.
 */
export function kickoffOf(league: League, date: string, isSettled: boolean): { kickoff: number; timeAssumed: boolean } {
  const told = Date.parse(date);
  if (isSettled) return { kickoff: told, timeAssumed: false };
  const local = localKickoff(league.zone, new Date(told).toISOString().slice(0, 10), null, league.kickoff);
  if ("problem" in local) return { kickoff: told, timeAssumed: true };
  // Midnight says nothing. Another placeholder may be too late, and predictions must not be.
  return { kickoff: told % dayMs === 0 ? local.at : Math.min(told, local.at), timeAssumed: true };
}

const dayMs = 24 * 60 * 60_000;

/** A clock off by this much is told. */
const skewMaxMs = 5 * 60_000;

/** Its data is taken all the same: it bears its own instants. */
export function skewRemarks(provider: string, { skewMs }: Answer): PollRemark[] {
  if (skewMs === null || Math.abs(skewMs) <= skewMaxMs) return [];
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const text = `its clock is ${minutes} min ${skewMs > 0 ? "ahead of" : "behind"} ours`;
  return [{ code: "clock-skew", match: provider, text }];
}

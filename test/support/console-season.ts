import type { ModelAnswer, NewEvent } from "../../src/match/event.ts";
import { hour, type History, history, idOf, kickoff, minute, failedModel, tip } from "./history.ts";

/** When the season is looked at: a Saturday afternoon with matches behind and ahead. */
export const seasonNow = kickoff;

/** Text that a page must show and never obey. */
export const hostile = `<script>document.title="owned"</script><img src=x onerror="document.title='owned'">\u202Egnp.exe\u0000\u0007`;

/** Ids of the matches by what is the matter with them; each stands at least once in `plantedSeason`. */
export const planted = {
  /** Analysed and its predictions done, kick-off within the hour. */
  covered: "pl-2016-17-arsenal-chelsea",
  /** Kick-off in 45 min: line-ups given up, predictions in flight. */
  inFlight: "pl-2016-17-everton-watford",
  /** Kick-off in 90 min without an analysis: a critical gap. */
  critical: "pl-2016-17-hull-stoke",
  /** Kick-off in 3 h: its analysis fails and is tried again. */
  retrying: "pl-2016-17-burnley-swansea",
  /** Kick-off in 3 h 30 min: its analysis was refused for good. */
  givenUp: "pl-2016-17-leeds-derby",
  /** Not due before an hour from now. */
  ahead: "pl-2016-17-fulham-reading",
  /** Kicked off two hours ago without predictions. */
  missed: "pl-2016-17-sunderland-norwich",
  settled: "pl-2016-17-spurs-villa",
  /** Settled; its predictions came ten minutes late. */
  late: "pl-2016-17-palace-bournemouth",
  /** No model answered: its settlement failed. */
  unsettled: "pl-2016-17-west-ham-leicester",
  /** Its settlement failed and somebody dismissed it. */
  dismissed: "pl-2016-17-wolves-barnsley",
  /** Its names and reasons are hostile. */
  hostile: "pl-2016-17-odd-strange",
} as const;

function scheduled(id: string, at: number, home: string, away: string): History {
  const teams = { home: { id: home.toLowerCase(), name: home }, away: { id: away.toLowerCase(), name: away } };
  return history(id, at - 47 * hour).scheduled({ kickoff: at, teams, matchday: "21" });
}

const mixedAnswers: ModelAnswer[] = [
  tip("elo", 2, 1),
  { ...tip("poisson", 1, 1), probabilities: { home: 0.38, draw: 0.31, away: 0.31 } },
  failedModel("pi", "permanent"),
];

function analysed(life: History, at: number): History {
  return life
    .at(at - 6 * hour)
    .requested("analyse")
    .after(minute)
    .analysed();
}

function predicted(life: History, at: number, lateBy = 0): History {
  return analysed(life, at)
    .at(at - 60 * minute)
    .requested("lineups")
    .after(minute)
    .lineups()
    .at(at - 30 * minute + lateBy)
    .requested("predict")
    .after(minute)
    .predicted(mixedAnswers);
}

function settled(life: History, at: number, home: number, away: number, lateBy = 0): History {
  return predicted(life, at, lateBy)
    .at(at + 2 * hour)
    .finished(home, away)
    .requested("settle")
    .after(minute)
    .settled();
}

function unsettled(life: History, at: number): History {
  return analysed(life, at)
    .at(at + 2 * hour)
    .finished()
    .requested("settle")
    .after(minute)
    .settled();
}

/** Kick-off passed and nobody had done anything. */
function ended(life: History, at: number): History {
  life.at(at).dispatch(({ kind }) => kind === "missed");
  return life;
}

/** Sixteen matches around `seasonNow`, with gaps and failures of every kind. */
export function plantedSeason(): History[] {
  const now = seasonNow;
  const { covered, inFlight, critical, retrying, givenUp, ahead, missed, late, dismissed } = planted;
  const dead = unsettled(scheduled(dismissed, now - 9 * hour, "Wolves", "Barnsley"), now - 9 * hour);
  const refused = { category: "permanent", reason: "HTTP 422: no such team", fingerprint: "http-422" } as const;
  return [
    predicted(scheduled(covered, now + 20 * minute, "Arsenal", "Chelsea"), now + 20 * minute),
    analysed(scheduled(inFlight, now + 29 * minute, "Everton", "Watford"), now + 29 * minute)
      .at(now - 10 * minute)
      .requested("lineups")
      .failed("lineups", { category: "permanent", reason: "HTTP 404", fingerprint: "http-404" })
      .at(now - minute)
      .requested("predict"),
    scheduled(critical, now + 90 * minute, "Hull", "Stoke"),
    scheduled(retrying, now + 3 * hour, "Burnley", "Swansea")
      .at(now - minute)
      .requested("analyse")
      .failed("analyse", { reason: "HTTP 503 from the source", fingerprint: "http-503" }),
    scheduled(givenUp, now + 3.5 * hour, "Leeds", "Derby")
      .at(now - 2 * hour)
      .requested("analyse")
      .failed("analyse", refused),
    scheduled(ahead, now + 7 * hour, "Fulham", "Reading"),
    ended(scheduled(missed, now - 2 * hour, "Sunderland", "Norwich"), now - 2 * hour),
    settled(scheduled(planted.settled, now - 4 * hour, "Spurs", "Villa"), now - 4 * hour, 2, 1),
    settled(scheduled(late, now - 5 * hour, "Palace", "Bournemouth"), now - 5 * hour, 0, 0, 10 * minute),
    unsettled(scheduled(planted.unsettled, now - 6 * hour, "West Ham", "Leicester"), now - 6 * hour),
    dead.after(minute).event("match.failure.dismissed", { by: "anna", reason: "abandoned cup tie", stage: "settle" }),
    unsettled(scheduled(planted.hostile, now - 7 * hour, `Odd ${hostile}`, "Strange ".repeat(1200)), now - 7 * hour),
    ...["one-two", "three-four", "five-six", "seven-eight"].map((pair, at) => {
      const [home = "", away = ""] = pair.split("-");
      const id = `pl-2016-17-${pair}`;
      return settled(scheduled(id, now - (8 + at) * hour, home, away), now - (8 + at) * hour, at, 1);
    }),
  ];
}

/** The source the season comes from. */
export const seasonSource = { root: "source", id: "football-data.pl" } as const;

/** A fixtures poll of it that went well, half an hour before `seasonNow`. */
export function plantedPoll(): NewEvent[] {
  const time = seasonNow - 30 * minute;
  const window = { from: null, to: new Date(seasonNow + 48 * hour).toISOString() };
  const asked = idOf(seasonSource.id, 1);
  const envelope = { time, actor: "pipeline:test" };
  return [
    {
      ...envelope,
      id: asked,
      type: "source.poll.requested",
      causationId: null,
      data: { kind: "fixtures", attempt: 1, reason: "due", budgetMs: 120_000, window },
    },
    {
      ...envelope,
      id: idOf(seasonSource.id, 2),
      type: "source.polled",
      causationId: asked,
      data: {
        kind: "fixtures",
        window,
        ok: true,
        category: null,
        reason: null,
        retryAt: null,
        counts: { seen: 16, scheduled: 16, finished: 9, rejected: 0, quarantined: 0 },
        rejected: [],
        quarantined: [],
        budget: { remaining: 870, resetAt: new Date(seasonNow + 9 * hour).toISOString(), limit: 1000 },
        exhausted: false,
      },
    },
  ];
}

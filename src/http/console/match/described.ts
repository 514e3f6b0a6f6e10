import { stageNames } from "../../../match/stage-names.ts";
import { isTip, type MatchEvent, type Predicted, type Stage } from "../../../match/event.ts";
import { count, duration, number } from "../words.ts";
import { scoreOf } from "./score.ts";

/** What happened, in a few words of ours, and the particulars, some of which somebody else wrote; instants as ISO 8601. */
interface Described {
  what: string;
  detail: string;
}

/** One event of a match as a line of its life. Answers are counted here, and listed elsewhere. */
export function described(event: MatchEvent): Described {
  switch (event.type) {
    case "match.scheduled": {
      const { teams, kickoff, timeAssumed, status, purpose, changed } = event.data;
      const at = `${kickoff}${timeAssumed ? " (time assumed)" : ""}`;
      const name = (of: "home" | "away") => teams[of].name.slice(0, 40);
      const what = changed.length === 0 ? "" : ` (${changed.join(", ")})`;
      const detail = `${name("home")} – ${name("away")}, ${at}, ${status}${purpose === "history" ? ", history" : ""}${what}`;
      return { what: "scheduled", detail };
    }
    case "match.analysis.requested":
    case "match.lineups.requested":
    case "match.prediction.requested":
    case "match.settlement.requested": {
      const { stage, attempt, reason, budgetMs, round, retroactive } = event.data;
      const roster = event.type === "match.prediction.requested" ? `, ${count(event.data.roster.length, "model")}` : "";
      const detail = `${reason}, attempt ${attempt}, budget ${duration(budgetMs)}${roster}${more(round, retroactive)}`;
      return { what: `${stageNames[stage]} requested`, detail };
    }
    case "match.analysed": {
      const { inputs, expectedGoals: goals, round, retroactive } = event.data;
      const detail = `from ${count(inputs.results, "result")}, ${goals.home.toFixed(2)} to ${goals.away.toFixed(2)} goals expected`;
      return { what: "analysed", detail: `${detail}${more(round, retroactive)}` };
    }
    case "match.lineups":
      return { what: "line-ups", detail: event.data.available ? "available" : `not available: ${event.data.why}` };
    case "match.predicted":
      return { what: "predicted", detail: waveOf(event.data) };
    case "match.finished": {
      const { score, how, revision } = event.data;
      const parts = [
        scoreOf(score.regular),
        how === "regular" ? null : how,
        score.extraTime === null ? null : `after extra time ${scoreOf(score.extraTime)}`,
        score.shootOut === null ? null : `shoot-out ${scoreOf(score.shootOut)}`,
        revision === 1 ? null : `revision ${revision}`,
      ];
      return { what: "finished", detail: parts.filter((it) => it !== null).join(", ") };
    }
    case "match.settled": {
      const { quotas, quotasFrom, points } = event.data;
      if (event.data.void !== null) return { what: "settled", detail: `void: ${event.data.void.reason}` };
      const from = quotasFrom === "retro" ? " from answers in hindsight" : "";
      const worth = quotas === null ? "" : `quotas ${quotas.home} / ${quotas.draw} / ${quotas.away}${from}; `;
      const total = points.reduce((sum, it) => sum + it.points, 0);
      return { what: "settled", detail: `${worth}${count(total, "point")} for ${count(points.length, "model")}` };
    }
    case "match.failed": {
      const { stage, attempt, of, category, reason, retryAt, round } = event.data;
      const next = retryAt === null ? "given up" : `again at ${retryAt}`;
      const detail = `${category}, attempt ${attempt} of ${of}, ${next}: ${reason}${more(round, false)}`;
      return { what: `${stageNames[stage]} failed`, detail };
    }
    case "match.retro.requested":
    case "match.retry.requested": {
      const { by, reason, stages, letter } = event.data;
      const from = letter === null ? "" : `, by #${letter}`;
      const what = event.type === "match.retro.requested" ? "backfill asked for" : "retry asked for";
      return { what, detail: `${namesOf(stages)} for ${by}${from}${reason === null ? "" : `: ${reason}`}` };
    }
    case "match.retro.cancelled":
      return { what: "backfill cancelled", detail: said(event.data) };
    case "match.failure.dismissed":
    case "match.failure.restored": {
      const what = event.type === "match.failure.dismissed" ? "failure dismissed" : "failure restored";
      return { what, detail: `${stageNames[event.data.stage]}, ${said(event.data)}` };
    }
    case "match.request.rejected": {
      const { letter, reasons } = event.data;
      return { what: "letter rejected", detail: `#${letter}: ${reasons.map(({ text }) => text).join("; ")}` };
    }
    case "match.request.noop":
      return { what: "letter without work", detail: `#${event.data.letter}: done by #${event.data.doneBy}` };
    case "match.gap.raised":
      return { what: "gap raised", detail: `${event.data.severity}: ${stageNames[event.data.stage]}` };
    case "match.gap.resolved":
      return { what: "gap resolved", detail: `${event.data.severity}: ${stageNames[event.data.stage]}` };
  }
}

function said({ by, reason }: { by: string; reason: string | null }): string {
  return `by ${by}${reason === null ? "" : `: ${reason}`}`;
}

function namesOf(stages: readonly Stage[] | null): string {
  return stages === null ? "whatever is missing" : stages.map((it) => stageNames[it]).join(", ");
}

function more(round: number, retroactive: boolean): string {
  return `${round === 1 ? "" : `, round ${round}`}${retroactive ? ", in hindsight" : ""}`;
}

function waveOf({ answers, round, retroactive }: Predicted): string {
  const silent = new Map<string, number>();
  for (const it of answers) {
    if (isTip(it)) continue;
    const how = it.category === null ? it.outcome : `${it.outcome} (${it.category})`;
    silent.set(how, (silent.get(how) ?? 0) + 1);
  }
  const tips = answers.filter(isTip).length;
  const rest = [...silent].map(([how, n]) => `${number(n)} ${how}`);
  return `${[count(tips, "tip"), ...rest].join(", ")}${more(round, retroactive)}`;
}

import { isTip, type MatchEvent, type Predicted } from "../../src/match/event.ts";
import { budget, count, instant, score } from "./format.ts";

/** What happened, in a few words, and the particulars. */
export interface Described {
  what: string;
  detail: string;
}

/** One event of a match as a line of its life. */
export function describe(event: MatchEvent): Described {
  switch (event.type) {
    case "match.scheduled": {
      const { teams, kickoff, timeAssumed, status, purpose, changed } = event.data;
      const at = `${instant(Date.parse(kickoff)).slice(0, 16)}${timeAssumed ? " (time assumed)" : ""}`;
      return {
        what: "scheduled",
        detail: `${teams.home.name} v ${teams.away.name}, ${at}, ${status}${purpose === "history" ? ", history" : ""} (${changed.join(", ")})`,
      };
    }
    case "match.analysis.requested":
    case "match.lineups.requested":
    case "match.prediction.requested":
    case "match.settlement.requested": {
      const { attempt, reason, budgetMs, round, retroactive } = event.data;
      const roster = event.type === "match.prediction.requested" ? `, ${count(event.data.roster.length, "model")}` : "";
      const detail = `${reason}, attempt ${attempt}, budget ${budget(budgetMs)}${roster}${inRound(round)}${retroactive ? ", retroactive" : ""}`;
      return { what: `${event.type.slice("match.".length, -".requested".length)} requested`, detail };
    }
    case "match.analysed": {
      const { inputs, expectedGoals, round, retroactive } = event.data;
      const goals = `${expectedGoals.home.toFixed(2)}-${expectedGoals.away.toFixed(2)}`;
      return {
        what: "analysed",
        detail: `from ${count(inputs.results, "result")}, expected goals ${goals}${inRound(round)}${retroactive ? ", retroactive" : ""}`,
      };
    }
    case "match.lineups":
      return { what: "line-ups", detail: event.data.available ? "available" : `not available: ${event.data.why}` };
    case "match.predicted":
      return { what: "predicted", detail: answersOf(event.data) };
    case "match.finished": {
      const { score: goals, how, revision } = event.data;
      const more = [
        goals.extraTime && `after extra time ${score(goals.extraTime)}`,
        goals.shootOut && `shoot-out ${score(goals.shootOut)}`,
      ];
      const detail = [
        score(goals.regular),
        how === "regular" ? null : how,
        ...more,
        revision === 1 ? null : `revision ${revision}`,
      ];
      return { what: "finished", detail: detail.filter((it) => it !== null).join(", ") };
    }
    case "match.settled": {
      const { quotas, quotasFrom, points } = event.data;
      if (event.data.void !== null) return { what: "settled", detail: `void: ${event.data.void.reason}` };
      const worth =
        quotas === null
          ? ""
          : `quotas ${quotas.home}/${quotas.draw}/${quotas.away}${quotasFrom === "retro" ? " from retro answers" : ""}; `;
      return { what: "settled", detail: worth + points.map((it) => `${it.model} ${it.points}`).join(", ") };
    }
    case "match.failed": {
      const { stage, attempt, of, category, reason, retryAt, round } = event.data;
      const next = retryAt === null ? "given up" : `again at ${instant(Date.parse(retryAt))}`;
      return {
        what: `${stage} failed`,
        detail: `${category}, attempt ${attempt} of ${of}: ${reason}; ${next}${inRound(round)}`,
      };
    }
    case "match.retro.requested":
    case "match.retry.requested": {
      const { by, reason, stages, letter } = event.data;
      const from = letter === null ? "" : `, asked for by #${letter}`;
      return {
        what: `${event.type.slice("match.".length, -".requested".length)} requested`,
        detail: `${stages?.join(", ") ?? "whatever is missing"}, by ${by}${reason === null ? "" : `: ${reason}`}${from}`,
      };
    }
    case "match.retro.cancelled": {
      const { by, reason } = event.data;
      return { what: "retro cancelled", detail: `by ${by}${reason === null ? "" : `: ${reason}`}` };
    }
    case "match.failure.dismissed":
    case "match.failure.restored":
      return {
        what: event.type.slice("match.".length).replace(".", " "),
        detail: `${event.data.stage}, by ${event.data.by}: ${event.data.reason}`,
      };
    case "match.request.rejected":
      return {
        what: "request rejected",
        detail: `letter #${event.data.letter}: ${event.data.reasons.map(({ text }) => text).join("; ")}`,
      };
    case "match.request.noop":
      return { what: "request without work", detail: `letter #${event.data.letter}: done by #${event.data.doneBy}` };
    case "match.gap.raised":
    case "match.gap.resolved":
      return {
        what: event.type.slice("match.".length).replace(".", " "),
        detail: `${event.data.severity}, ${event.data.stage}`,
      };
  }
}

function inRound(round: number): string {
  return round === 1 ? "" : `, round ${round}`;
}

function answersOf({ answers, round, retroactive }: Predicted): string {
  const said = answers.map((answer) =>
    isTip(answer)
      ? `${answer.model} ${score(answer.tip)}`
      : `${answer.model} ${answer.outcome}${answer.category === null ? "" : ` (${answer.category})`}`,
  );
  return `${said.join(", ")}${inRound(round)}${retroactive ? ", retroactive" : ""}`;
}

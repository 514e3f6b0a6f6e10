import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { countAnswers } from "../match/answers.ts";
import { stages } from "../match/event.ts";
import type { Fixture, Match } from "../match/match.ts";
import type { StageRow } from "../projections/stages.ts";
import { createAsk } from "./asking.ts";
import { discreetMatch, discretion } from "./discretion.ts";
import * as fields from "./fields.ts";
import { createFreshness, freshHeaders, isKnown, unchanged } from "./fresh.ts";
import { matchSchema, type MatchShown } from "./match-schema.ts";
import { createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";

const one = createRoute({
  method: "get",
  path: "/api/matches/{id}",
  operationId: "getMatch",
  tags: ["matches"],
  summary: "One match: its stages, every answer and whether it counts, its result, settlement and failures",
  request: { params: z.object({ id: fields.matchIdSchema }) },
  description: discretion,
  responses: { 200: json(matchSchema, "the match"), ...unchanged, ...problems(400, 404, 503) },
});

/** `GET /api/matches/:id`. */
export function matchRoutes(options: HttpOptions): OpenAPIHono<HttpEnv> {
  const { readModel } = options;
  const ask = createAsk(options);
  const freshness = createFreshness(options);
  const routes = createRouter();
  routes.openapi(one, (c) => {
    const { id } = c.req.valid("param");
    const match = ask((it) => it.match(id));
    if (match === null) throw new Refused(404, "there is no match of that id");
    // All of the answer follows from the match's own events.
    const tag = freshness.tag(c, match.version);
    const headers = freshHeaders(tag, c.get("principal") !== undefined);
    if (isKnown(c, tag)) return c.body(null, 304, headers);
    const all = shown(
      match,
      ask((it) => it.stageRows(id)),
    );
    const answer = c.get("discreet") ? discreetMatch(all) : all;
    return c.json({ ...answer, stale: readModel.state().stale }, 200, headers);
  });
  return routes;
}

function shown(match: Match, rows: readonly StageRow[]): Omit<MatchShown, "stale"> {
  const { analysis, result, retro, gap, round } = match;
  return {
    id: match.id,
    version: match.version,
    updatedAt: fields.isoOf(match.updatedAt),
    fixture: match.fixture && fixtureOf(match.fixture),
    round: { number: round.number, kickoff: fields.isoOrNull(round.kickoff), roster: round.roster },
    stages: rows.map(({ stage, round, dueAt, doneAt, lateMs, state, attempts }) => ({
      stage,
      round,
      due: fields.isoOrNull(dueAt),
      doneAt: fields.isoOrNull(doneAt),
      lateSeconds: lateMs / 1000,
      state,
      attempts,
    })),
    requests: requestsOf(match),
    analysis: analysis && { ...analysis, asOf: fields.isoOf(analysis.asOf) },
    answers: answersOf(match),
    outcomes: match.outcomes,
    result: result && {
      revision: result.revision,
      score: result.score,
      how: result.how,
      observedAt: fields.isoOf(result.observedAt),
      time: fields.isoOf(result.time),
      sequence: result.sequence,
    },
    settlement: settlementOf(match),
    failures: failuresOf(match),
    retro,
    gap: gap && { ...gap, since: fields.isoOf(gap.since) },
    ignored: match.ignored,
  };
}

function fixtureOf({ teams, kickoff, observedAt, since: _, id: __, ...fixture }: Fixture): MatchShown["fixture"] {
  return { ...fixture, ...teams, kickoff: fields.isoOf(kickoff), observedAt: fields.isoOf(observedAt) };
}

function requestsOf(match: Match): MatchShown["requests"] {
  return stages.flatMap((stage) => {
    const { request } = match.stages[stage];
    return request === null ? [] : [{ stage, ...request, time: fields.isoOf(request.time) }];
  });
}

function answersOf(match: Match): MatchShown["answers"] {
  const points = new Map(match.settlement?.points.map((it) => [it.model, it.points]));
  return countAnswers(match).map(({ answer: { late: _, time, ...answer }, counts }) => ({
    ...answer,
    time: fields.isoOf(time),
    counts,
    points: counts === true ? (points.get(answer.model) ?? null) : null,
  }));
}

function settlementOf({ settlement }: Match): MatchShown["settlement"] {
  return settlement && { ...settlement, time: fields.isoOf(settlement.time) };
}

function failuresOf(match: Match): MatchShown["failures"] {
  return stages.flatMap((stage) => {
    const { failure } = match.stages[stage];
    if (failure === null) return [];
    const { time, retryAt, ...rest } = failure;
    return [{ stage, ...rest, failedAt: fields.isoOf(time), retryAt: fields.isoOrNull(retryAt) }];
  });
}

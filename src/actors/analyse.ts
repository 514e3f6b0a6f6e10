import { analyse as analyseFixture } from "../forecast/analysis.ts";
import type { Models } from "../forecast/models.ts";
import type { ResultStore } from "../forecast/results.ts";
import { defineStage } from "./stage.ts";
import { fixtureToForecast } from "./question.ts";

/** States what was known of a match at its as-of instant: kick-off minus the analysis offset, in hindsight too. */
export function analyseActor(results: ResultStore, models: Pick<Models, "expectedGoals"> = {}) {
  return defineStage({
    stage: "analyse",
    concurrency: 200,
    async *handle({ request, fixture, match, node, signal }) {
      const asOf = fixture.kickoff - node.policy.due.analyse;
      const usable = results.results(fixture.competition, asOf - node.policy.resultUsableAfter);
      const asked = fixtureToForecast(match().id, fixture);
      const panel = (await models.expectedGoals?.({ fixture: asked, asOf }, signal)) ?? null;
      const analysis = analyseFixture(asked, usable, panel);
      const { round, retroactive } = request.data;
      yield { type: "match.analysed", data: { round, asOf: new Date(asOf).toISOString(), retroactive, ...analysis } };
    },
  });
}

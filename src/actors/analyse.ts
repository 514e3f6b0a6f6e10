import { analyse as analyseFixture } from "../forecast/analysis.ts";
import type { ResultStore } from "../forecast/results.ts";
import { defineStage } from "./stage.ts";
import { fixtureToForecast } from "./question.ts";

/** States what was known of a match at its as-of instant: kick-off minus the analysis offset, in hindsight too. */
export function analyseActor(results: ResultStore) {
  return defineStage({
    stage: "analyse",
    concurrency: 64,
    *handle({ request, fixture, match, node }) {
      const asOf = fixture.kickoff - node.policy.due.analyse;
      const usable = results.results(fixture.competition, asOf - node.policy.resultUsableAfter);
      const analysis = analyseFixture(fixtureToForecast(match().id, fixture), usable);
      const { round, retroactive } = request.data;
      yield { type: "match.analysed", data: { round, asOf: new Date(asOf).toISOString(), retroactive, ...analysis } };
    },
  });
}

import type { Source } from "../sources/source.ts";
import { StageError } from "./errors.ts";
import { sourceFailure } from "./source-failure.ts";
import { defineStage } from "./stage.ts";

/** Asks the source for the line-ups. Not there yet is `no-data-yet`: asked again until predict is due. */
export function lineupsActor(source: Source) {
  return defineStage({
    stage: "lineups",
    concurrency: 32,
    async *handle({ request, fixture, match, node, signal }) {
      const { round } = request.data;
      const answer = await source
        .lineups(fixture.competition, match().id, node.clock.now(), signal)
        .catch((error: unknown) => Promise.reject(sourceFailure(error)));
      if (answer === null) throw new StageError("no-data-yet", "the source has no line-ups yet");
      yield { type: "match.lineups", data: { round, ...answer } };
    },
  });
}

import { settle } from "../match/settlement.ts";
import { StageError } from "./errors.ts";
import { defineStage } from "./stage.ts";

/** Scores an ended match on its present basis. */
export const settleActor = defineStage({
  stage: "settle",
  concurrency: 500,
  *handle({ match }) {
    const settling = settle(match());
    if ("failed" in settling) {
      throw new StageError(settling.failed, "the match has an analysis and no answer that counts", {
        fingerprint: "no-predictions:settle",
      });
    }
    yield { type: "match.settled", data: settling.settled };
  },
});

import { isTip, type ModelAnswer, type ModelOutcome } from "../match/event.ts";
import { restAfterFailures, restsUntil } from "../match/model-health.ts";
import type { Node } from "./node.ts";

/**
 * Leaves a model alone that failed for good too often in a row, as the log has it. Once its rest is over one call is a probe;
 * whoever comes meanwhile waits for what that finds, as 20 matches may kick off at once.
 */
export interface ModelRests {
  /** `call`, or that the model rests. Rejects with the signal's reason while it waits. */
  ask(node: Node, model: string, signal: AbortSignal, call: () => Promise<ModelAnswer>): Promise<ModelAnswer>;
  /** What a resting model's outcome is, null for one that does not rest (any more). */
  resting(node: Node, model: string): ModelOutcome | null;
}

type Finding = "answered" | "failed" | "nothing";

export function createModelRests(): ModelRests {
  const probes = new Map<string, Promise<Finding>>();
  /** Failed probes that the log may not show yet: by when the model rests after all. */
  const extended = new Map<string, number>();

  function untilOf({ readModel, policy }: Node, model: string): number | null {
    const known = restsUntil(readModel.modelHealth(model), policy);
    return known === null ? null : Math.max(known, extended.get(model) ?? 0);
  }

  const resting = (node: Node, model: string) => restUntil(untilOf(node, model), node, model);

  function restUntil(until: number | null, node: Node, model: string): ModelOutcome | null {
    if (until === null || node.clock.now() >= until) return null;
    const reason = `${restAfterFailures} permanent failures in a row: tried again from ${new Date(until).toISOString()}`;
    return { model, outcome: "resting", category: null, reason };
  }

  async function probe(node: Node, model: string, call: () => Promise<ModelAnswer>): Promise<ModelAnswer> {
    let tell: (found: Finding) => void = () => {};
    probes.set(model, new Promise((resolve) => (tell = resolve)));
    let found: Finding = "nothing";
    try {
      const answer = await call();
      found = findingOf(answer);
      if (found === "failed") extended.set(model, node.clock.now() + node.policy.modelRest);
      else extended.delete(model);
      return answer;
    } finally {
      probes.delete(model);
      tell(found);
    }
  }

  return {
    resting,
    async ask(node, model, signal, call) {
      for (;;) {
        const until = untilOf(node, model);
        if (until === null) return call();
        const rests = restUntil(until, node, model);
        if (rests !== null) return rests;
        const other = probes.get(model);
        if (other === undefined) return probe(node, model, call);
        const found = await untilStopped(other, signal);
        if (found === "answered") return call();
        // It failed: the model rests. It found nothing out: the next one looks.
      }
    },
  };
}

function findingOf(answer: ModelAnswer): Finding {
  if (isTip(answer) || answer.outcome === "abstained") return "answered";
  return answer.category === "permanent" ? "failed" : "nothing";
}

function untilStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    void promise.then((value) => {
      signal.removeEventListener("abort", stop);
      resolve(value);
    });
  });
}

import type { z } from "zod";
import type { ReadModelState } from "../projections/read-model.ts";
import { type CoverageAt, createCoverageCache } from "./coverage-cache.ts";
import { createLag, type Lag } from "./lag.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";
import { createFirstSeen, lightReasons, type reasonSchema, severeReasons } from "./reasons.ts";

/** How the node is, as health and metrics tell it. Instants are epoch milliseconds of the pipeline's clock. */
export interface Diagnosis extends CoverageAt, Lag {
  status: "ok" | "degraded" | "unhealthy";
  /** Coverage may be of an older log than the one there is: the read model is made anew, stalled or far behind, or NATS is away. */
  stale: boolean;
  connected: boolean;
  state: ReadModelState["state"];
  reasons: z.infer<typeof reasonSchema>[];
  now: number;
}

/** Anyone may ask, and while no read model can answer each of them would write a line. */
const quietMs = 60_000;

/**
 * One for all who ask, so that coverage is computed once and a reason keeps its `since`. Rejects with `Refused` (503) when no
 * read model can answer; the node's log tells why, once a minute.
 */
export function createDiagnosis(options: HttpOptions): () => Promise<Diagnosis> {
  const diagnose = createDiagnose(options);
  let toldAt = Number.NEGATIVE_INFINITY;
  return async () => {
    try {
      return await diagnose();
    } catch (error) {
      const now = options.clock.elapsed();
      if (now - toldAt >= quietMs) {
        toldAt = now;
        options.logger.error({ err: error }, "the read model cannot answer");
      }
      throw new Refused(503, "the read model cannot answer; the node's log tells why");
    }
  };
}

function createDiagnose(options: HttpOptions): () => Promise<Diagnosis> {
  const { readModel, log, clock, policy, clockSkew, logDiskFreePercent } = options;
  const coverageAt = createCoverageCache(options);
  const lagNow = createLag(options);
  const firstSeen = createFirstSeen();
  const startedAt = clock.now();

  async function present() {
    const connected = log.connected();
    const lag = await lagNow(connected);
    const state = readModel.state();
    return { connected, lag, state, whole: connected && state.state === "following" && !lag.isFarBehind };
  }

  return async () => {
    readModel.check();
    const { whole: wasWhole } = await present();
    const figures = await coverageAt(wasWhole);
    // After the figures, which may take a while: whether NATS is there is told of this moment.
    const { connected, lag, state, whole } = await present();
    const now = clock.now();
    const diskFreePercent = logDiskFreePercent?.() ?? null;
    const severe = severeReasons({ connected, state, diskFreePercent });
    const light = lightReasons({
      coverage: figures.coverage,
      lag,
      state,
      diskFreePercent,
      skew: clockSkew?.() ?? null,
      sources: readModel.sources(),
      polls: { now, startedAt, pollEvery: policy.pollEvery },
    });
    return {
      ...figures,
      ...lag,
      status: severe.length > 0 ? "unhealthy" : light.length > 0 ? "degraded" : "ok",
      stale: !whole || !wasWhole,
      connected,
      state: state.state,
      reasons: firstSeen([...severe, ...light], now),
      now,
    };
  };
}

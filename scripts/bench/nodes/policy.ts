import type { Policy } from "../../../src/match/policy.ts";

const hourMs = 3_600_000;

/** Everything is due as soon as its match is known: what is measured is work, not waiting. */
export const nodesPolicy: Partial<Policy> = { due: { analyse: 6 * hourMs, lineups: 6 * hourMs, predict: 6 * hourMs } };

/** Later than the bench can last, earlier than `due`. */
export const kickoffAheadMs = hourMs;

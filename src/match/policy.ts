import type { Stage } from "./event.ts";

/** When things are due, how long they may take, how often they are tried. All durations in milliseconds. */
export interface Policy {
  pollEvery: number;
  pollAhead: number;
  resultEvery: number;
  resultAfterKickoff: number;
  /** Before kick-off. */
  due: { analyse: number; lineups: number; predict: number };
  /** How far ahead of kick-off (settle: after the end) a stage that was given up is asked for again. */
  watch: { analyse: number; lineups: number; predict: number; settle: number };
  budget: { poll: number } & Record<Stage, number>;
  /** A request is asked again this long after its budget passed without an answer. */
  unansweredAfter: number;
  retroBudget: { analyse: number; predict: number; settle: number };
  attempts: number;
  retryDelays: readonly number[];
  askAgainEvery: number;
  /** A result is usable in forecasts this long after its match kicked off. */
  resultUsableAfter: number;
  modelRest: number;
  lineupsEvery: number;
  newRoundAfterMove: number;
  autoRetro: boolean;
  waveEvery: number;
  inFlight: Record<Stage, number> & { retro: number };
  coverageWindow: number;
  critical: number;
  warning: number;
  unsettledCritical: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export const defaultPolicy: Policy = {
  pollEvery: 3 * hour,
  pollAhead: 48 * hour,
  resultEvery: 5 * minute,
  resultAfterKickoff: 105 * minute,
  due: { analyse: 6 * hour, lineups: 60 * minute, predict: 30 * minute },
  watch: { analyse: 48 * hour, lineups: 12 * hour, predict: 12 * hour, settle: 7 * day },
  budget: { poll: 2 * minute, analyse: 5 * minute, lineups: 2 * minute, predict: 10 * minute, settle: 3 * minute },
  unansweredAfter: minute,
  retroBudget: { analyse: 120 * second, predict: 300 * second, settle: 60 * second },
  attempts: 5,
  retryDelays: [30 * second, 60 * second, 120 * second, 240 * second],
  askAgainEvery: hour,
  resultUsableAfter: 3 * hour,
  modelRest: hour,
  lineupsEvery: 5 * minute,
  newRoundAfterMove: 24 * hour,
  autoRetro: false,
  waveEvery: second,
  inFlight: { analyse: 500, lineups: 500, predict: 200, settle: 2000, retro: 4 },
  coverageWindow: 6 * hour,
  critical: 2 * hour,
  warning: 4 * hour,
  unsettledCritical: hour,
};

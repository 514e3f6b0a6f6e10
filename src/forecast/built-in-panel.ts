import type { Member } from "./member.ts";

/** The 42 */
export const builtInPanel: readonly Member[] = [
  m("elo-k15", "elo", { k: 15 }),
  m("base-rates", "base-rates", {}),
  m("form","form",{}),m("kernel","kernel",{}),
  m("gd", "goal-difference-elo", {}),
  m("pi", "pi-ratings", {}),
  m("poisson", "poisson", {}),
  m("dc", "dixon-coles", {}),
  m("biv", "bivariate-poisson", {}),
  m("kalman", "kalman", {}),
  m("gas", "score-driven", {}),
];

function m(name: string, family: string, params: Record<string, number>): Member {
  return { name, family, version: "1", params };
}

import type { Member } from "../../src/forecast/member.ts";

/** A small panel: one member of each of six families, all at their defaults. */
export const starterPanel: readonly Member[] = [
  { name: "base-rates", family: "base-rates", version: "1", params: {} },
  { name: "elo-k15", family: "elo", version: "1", params: { k: 15 } },
  { name: "pi-ratings", family: "pi-ratings", version: "1", params: {} },
  { name: "poisson-h320", family: "poisson", version: "1", params: { halfLifeDays: 320 } },
  { name: "dixon-coles-h320", family: "dixon-coles", version: "1", params: { halfLifeDays: 320 } },
  { name: "gas", family: "score-driven", version: "1", params: {} },
];

import type { Stage } from "./event.ts";

/** What a stage makes, as people read it; in data a stage goes by its own name. */
export const stageNames: Readonly<Record<Stage, string>> = {
  analyse: "analysis",
  lineups: "line-ups",
  predict: "predictions",
  settle: "settlement",
};

import type { ScoreMatrix } from "../../../src/forecast/member.ts";
import { paint } from "../../cli/output.ts";

/** Scores up to this many goals have a cell of their own; the last row and column hold the rest. */
const shownMax = 5;

/** Read without colour too: the shade is a letter of its own before each percentage. */
const shades = [" ", "░", "▒", "▓", "█"] as const;

/** The score matrix as a table of percentages, home goals downwards, shaded by how likely each is. */
export function heatMap(matrix: ScoreMatrix): string {
  const cells = folded(matrix);
  const most = Math.max(...cells.flat());
  const label = (goals: number) => (goals === shownMax ? `${goals}+` : `${goals}`);
  const indexes = Array.from({ length: shownMax + 1 }, (_, goals) => goals);
  const header = `  home\\away ${indexes.map((goals) => label(goals).padStart(7)).join("")}`;
  const rows = cells.map((row, goals) => {
    const shown = row.map((p) => {
      const shade = shades[Math.min(shades.length - 1, Math.floor((p / most) * shades.length))] ?? " ";
      const text = `${shade}${(100 * p).toFixed(1).padStart(5)}`;
      return ` ${p === most ? paint("bold", text) : text}`;
    });
    return `  ${label(goals).padStart(9)} ${shown.join("")}`;
  });
  return [header, ...rows].join("\n");
}

function folded(matrix: ScoreMatrix): number[][] {
  const cells = Array.from({ length: shownMax + 1 }, () => Array.from({ length: shownMax + 1 }, () => 0));
  matrix.forEach((row, i) => {
    row.forEach((p, j) => {
      const into = cells[Math.min(i, shownMax)] as number[];
      const at = Math.min(j, shownMax);
      into[at] = (into[at] as number) + p;
    });
  });
  return cells;
}

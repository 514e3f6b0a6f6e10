import { stripVTControlCharacters } from "node:util";
import { paint } from "./output.ts";

export interface Column {
  title: string;
  align?: "right";
}

/** Lines of a table for people: columns as wide as they must be, two blanks between them. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => widthOf(row[i] ?? ""))));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, i) => {
        const cell = cells[i] ?? "";
        const room = " ".repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell)));
        return align === "right" ? room + cell : cell + room;
      })
      .join("  ")
      .trimEnd();
  return [paint("bold", line(columns.map(({ title }) => title))), ...rows.map(line)].join("\n");
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

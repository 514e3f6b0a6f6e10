import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./temp.ts";

/** The path of a JSON file that goes when the test ends; text is written as it is. */
export function jsonFile(content: unknown): string {
  const path = join(tempDir(), "given.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

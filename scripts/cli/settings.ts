import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "dotenv";
import { type Config, readConfig, type Setting } from "../../src/config.ts";

/** The configuration of this working directory. Throws `ConfigMistakes`. */
export function loadSettings(): { config: Config; settings: Setting[] } {
  return readConfig(process.env, dotenv());
}

export function loadConfig(): Config {
  return loadSettings().config;
}

function dotenv(): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(join(process.cwd(), ".env"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  return parse(text);
}

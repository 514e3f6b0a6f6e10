import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "dotenv";
import { type Config, readConfig, type Setting } from "../../src/config.ts";

type Overriding = Readonly<Record<string, string>>;

/** The configuration of this working directory, with what a command says over it. Throws `ConfigMistakes`. */
export function loadSettings(overriding: Overriding = {}): { config: Config; settings: Setting[] } {
  return readConfig({ ...process.env, ...overriding }, dotenv());
}

export function loadConfig(overriding: Overriding = {}): Config {
  return loadSettings(overriding).config;
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

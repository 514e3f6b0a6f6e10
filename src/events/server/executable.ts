import { execFile } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The first executable file called `name` on a PATH-like list; null when there is none. */
export async function findOnPath(name: string, path: string): Promise<string | null> {
  for await (const file of allOnPath(name, path)) return file;
  return null;
}

export async function* allOnPath(name: string, path: string): AsyncGenerator<string> {
  for (const dir of path.split(delimiter)) {
    const file = resolve(dir, name);
    if (dir !== "" && (await isExecutable(file))) yield file;
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** The version a `nats-server` file says of itself, like `2.15.1`. Rejects with a readable reason when it does not run or says something else. */
export async function serverVersion(file: string): Promise<string> {
  let said: string;
  try {
    said = (await run(file, ["-v"], { timeout: 10_000 })).stdout.trim();
  } catch (cause) {
    throw new Error(`${file} does not run: ${reasonOf(cause)}`, { cause });
  }
  const version = /v?(\d+\.\d+\.\d+\S*)$/.exec(said)?.[1];
  if (version === undefined)
    throw new Error(`${file} -v said ${JSON.stringify(said.slice(0, 100))}, which names no version`);
  return version;
}

/** One line saying what went wrong: of a program that failed its last words, since execFile's message only repeats the command line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  const lines = (stderr === "" ? error.message : stderr).split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-3).join(" ").slice(0, 500);
}

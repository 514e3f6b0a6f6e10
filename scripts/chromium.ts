import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as driver } from "playwright-core";
import { versionOf } from "./bench/machine.ts";
import { typescript } from "./bench/node/typescript.ts";

/**
 * Path of the Chromium that an npm package brings along, unpacked into `cacheDir` the first time. It is there whole or not at
 * all: the package itself unpacks to a fixed place, from which a process beside it would start what is half there.
 */
export async function findChromium(cacheDir: string): Promise<string> {
  const folder = join(cacheDir, `chromium-${versionOf("@sparticuz/chromium")}`);
  const binary = join(folder, "chromium");
  if (existsSync(binary)) return binary;
  await mkdir(cacheDir, { recursive: true });
  const partial = await mkdtemp(join(cacheDir, "unpacking-"));
  try {
    await unpackInto(partial);
    await rename(partial, folder);
  } catch (error) {
    // Somebody else was quicker: a folder that is not empty is not replaced.
    if (!existsSync(binary)) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return binary;
}

/** `more`: further arguments of Chromium. */
export async function launchChromium(cacheDir: string, more: readonly string[] = []): Promise<Browser> {
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
  return driver.launch({ executablePath: await findChromium(cacheDir), args: [...args, ...more] });
}

const self = fileURLToPath(import.meta.url);

/**
 * The package unpacks into the system's folder for temporary files, which a process chooses for all it does: so another process
 * unpacks, this file run by itself.
 */
async function unpackInto(folder: string): Promise<void> {
  await promisify(execFile)(process.execPath, [...typescript, self], { env: { ...process.env, TMPDIR: folder } });
}

if (process.argv[1] === self) await chromium.executablePath();

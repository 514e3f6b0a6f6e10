import { spawn } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { outputOf } from "../node/output.ts";
import { typescript } from "../node/typescript.ts";
import type { Recorded } from "./compare.ts";
import type { ShortForm } from "./short-forms.ts";

const script = join(import.meta.dirname, "../../bench.ts");

const document = z.object({ ratio: z.number().nullable(), ratios: z.record(z.string(), z.number()) });

/** Runs a bench as `npm run bench` does; its progress goes to stderr. Rejects when it fails, or with the signal's reason. */
export async function runBench({ bench, size, runs }: ShortForm, signal: AbortSignal): Promise<Recorded> {
  const args = [...typescript, script, bench, "--json", "--size", String(size), "--runs", String(runs)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const { out, code } = await outputOf(child, signal);
  if (code !== 0) throw new Error(`bench ${bench} ended with ${code}`);
  const { ratio, ratios } = document.parse(JSON.parse(out));
  return { size, runs, ratios: { ...(ratio === null ? {} : { ratio }), ...ratios } };
}

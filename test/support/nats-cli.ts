import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The newest that builds with Go 1.25. */
const version = "v0.4.0";

/**
 * The real `nats` CLI: from PATH, else built into the checkout's cache where Go is. A reason where neither can be had: its
 * suite then says why it is skipped.
 */
export async function findNatsCli(): Promise<{ path: string } | { missing: string }> {
  if (await answers("nats", ["--version"])) return { path: "nats" };
  const bin = join(
    process.env.FULLTIME_CACHE_DIR ?? resolve(import.meta.dirname, "../../.cache"),
    `natscli-${version}`,
  );
  const path = join(bin, "nats");
  if (existsSync(path)) return { path };
  if (!(await answers("go", ["version"]))) return { missing: "neither a nats CLI on PATH nor Go to build one" };
  try {
    await run("go", ["install", `github.com/nats-io/natscli/nats@${version}`], {
      env: { ...process.env, GOBIN: bin },
      timeout: 540_000,
    });
    return { path };
  } catch (error) {
    return {
      missing: `go install of the nats CLI ${version} failed: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`,
    };
  }
}

async function answers(command: string, args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

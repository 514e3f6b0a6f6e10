import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Policy } from "../../src/match/policy.ts";
import { openExistingLog } from "../../src/open-log.ts";
import { NothingToVerify, type Verified, verifyReadModel } from "../../src/projections/verify.ts";

export interface ReadModelCheck {
  dataDir: string;
  policy: Policy;
  natsUrl: string;
  natsCreds: string | null;
}

/** What came of it; `nothing`: why there was nothing to compare; `failed`: why it could not be done. */
type ReadModelVerdict = { verified: Verified } | { nothing: string } | { failed: string };

const self = fileURLToPath(import.meta.url);

/**
 * Invariant 1 in a process of its own, with its own connection to the log: beside whatever else reads the log meanwhile it takes
 * a core, not time. Rejects when the process fails, or with the signal's reason.
 */
export function verifyReadModelAside(
  check: ReadModelCheck,
  signal: AbortSignal,
): Promise<Exclude<ReadModelVerdict, { failed: string }>> {
  return new Promise((resolve, reject) => {
    const child = fork(self, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    // It ends by itself then, and takes its files along.
    const interrupt = () => child.disconnect();
    signal.addEventListener("abort", interrupt, { once: true });
    child.once("message", (verdict: ReadModelVerdict) => {
      if ("failed" in verdict) reject(new Error(`the read model cannot be checked: ${verdict.failed}`));
      else resolve(verdict);
    });
    child.once("error", reject);
    child.once("exit", (code, by) => {
      signal.removeEventListener("abort", interrupt);
      reject(
        signal.aborted ? (signal.reason as Error) : new Error(`the check of the read model ended by ${by ?? code}`),
      );
    });
    child.send(check);
  });
}

async function verdictOf({ dataDir, policy, natsUrl, natsCreds }: ReadModelCheck): Promise<ReadModelVerdict> {
  try {
    const log = await openExistingLog(natsUrl, natsCreds);
    try {
      return { verified: await verifyReadModel({ dataDir, log, policy }) };
    } finally {
      await log.close();
    }
  } catch (error) {
    if (error instanceof NothingToVerify) return { nothing: error.message };
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Run as the process above: it is asked once, and ends with whoever asked. */
if (process.argv[1] === self && process.send !== undefined) {
  process.once("disconnect", () => process.exit(1));
  process.once("message", (check: ReadModelCheck) => {
    void verdictOf(check).then((verdict) => process.send?.(verdict, () => process.exit(0)));
  });
}

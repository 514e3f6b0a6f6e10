import pino from "pino";
import { wallClock } from "../../src/clock.ts";
import { type EmbeddedServer, startEmbeddedServer } from "../../src/events/server.ts";
import { findServerBinary } from "../../src/events/server/binary.ts";
import type { BenchContext } from "./bench.ts";

export interface BenchServer {
  server: EmbeddedServer;
  /** Of nats-server, for `Measured.versions`. */
  version: string;
}

/** The server a node runs, every write synced, with its store in `dataDir`. The caller stops it. */
export async function startBenchServer(
  { cacheDir, signal, say }: Pick<BenchContext, "cacheDir" | "signal" | "say">,
  dataDir: string,
): Promise<BenchServer> {
  const { path, version } = await findServerBinary({ cacheDir, onProgress: say });
  const log = pino({ level: "error" }, pino.destination(2));
  return { server: await startEmbeddedServer({ binary: path, dataDir, clock: wallClock, log, signal }), version };
}

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { wallClock } from "../../src/clock.ts";
import { findServerBinary } from "../../src/events/server/binary.ts";
import { launchServer } from "../../src/events/server/launch.ts";
import { onFreePort } from "../../src/events/server/port.ts";

export interface BenchServer {
  url: string;
  pid: number;
  version: string;
  stop(): Promise<void>;
}

/** A nats-server of its own in `dir`. `syncAlways`: as the embedded one runs; else it syncs every two minutes, as is its default. */
export async function startServer(dir: string, syncAlways: boolean, cacheDir: string): Promise<BenchServer> {
  await mkdir(dir, { recursive: true });
  const binary = await findServerBinary({ cacheDir });
  const server = await onFreePort(null, (port) =>
    launchServer({
      binary: binary.path,
      configFile: join(dir, "nats-server.conf"),
      clock: wallClock,
      detached: false,
      settings: { name: dir, port, storeDir: join(dir, "log"), logFile: join(dir, "nats-server.log"), syncAlways },
    }),
  );
  return {
    url: `nats://127.0.0.1:${server.port}`,
    pid: server.pid,
    version: server.version,
    stop: async () => void (await server.end()),
  };
}

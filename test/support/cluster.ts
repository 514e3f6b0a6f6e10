import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wallClock } from "../../src/clock.ts";
import { launchServer, type ServerProcess } from "../../src/events/server/launch.ts";
import { testBinary } from "./server.ts";

/** Three nats-servers on loopback that keep three copies. */
export interface Cluster {
  /** All three, by comma. */
  readonly url: string;
  readonly names: readonly string[];
  /** SIGKILL; resolves when the process is gone. The store stays. */
  kill(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  /** Ends them and removes their directories. Safe twice. */
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const { path: binary } = await testBinary();
  const dir = await mkdtemp(join(tmpdir(), "fulltime-cluster-"));
  const [clients, routes] = [await freePorts(3), await freePorts(3)];
  const names = ["a", "b", "c"];
  const running = new Map<string, ServerProcess>();

  async function launch(name: string): Promise<void> {
    const at = names.indexOf(name);
    const server = await launchServer({
      binary,
      configFile: join(dir, `${name}.conf`),
      clock: wallClock,
      detached: false,
      settings: {
        name,
        port: clients[at] ?? 0,
        storeDir: join(dir, name),
        logFile: join(dir, `${name}.log`),
        syncAlways: true,
        extra: [
          "cluster {",
          "  name: test",
          `  listen: "127.0.0.1:${routes[at]}"`,
          `  routes: [${routes.map((port) => `"nats://127.0.0.1:${port}"`).join(", ")}]`,
          "}",
        ].join("\n"),
      },
    });
    running.set(name, server);
  }

  async function stop(): Promise<void> {
    await Promise.all([...running.values()].map((server) => server.end()));
    await rm(dir, { recursive: true, force: true });
  }

  try {
    await Promise.all(names.map(launch));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: clients.map((port) => `nats://127.0.0.1:${port}`).join(","),
    names,
    async kill(name) {
      const server = running.get(name);
      if (server === undefined) throw new Error(`no server ${name} runs`);
      process.kill(server.pid, "SIGKILL");
      await server.exited;
      running.delete(name);
    },
    restart: launch,
    stop,
  };
}

/** Ports that are free now. A cluster's members must know each other's before any of them runs. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.on("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

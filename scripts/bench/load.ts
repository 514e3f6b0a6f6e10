import type { Figures } from "./bench.ts";
import { cpuSeconds } from "./cpu.ts";

export interface Measure {
  seconds: number;
  /** Cores kept busy, on average, by this process and by the server. */
  load: Figures;
}

/** Begins to measure; the function returned ends it. */
export function measureLoad(serverPid: number): () => Measure {
  const began = performance.now();
  const server = cpuSeconds(serverPid);
  const client = process.cpuUsage();
  return () => {
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(client);
    const ended = cpuSeconds(serverPid);
    return {
      seconds,
      load: {
        clientCores: (user + system) / 1e6 / seconds,
        serverCores: server === null || ended === null ? null : (ended - server) / seconds,
      },
    };
  };
}

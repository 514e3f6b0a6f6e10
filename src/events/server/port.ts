import { createServer } from "node:net";
import type { Category } from "../../match/event.ts";

const attempts = 5;

/**
 * Runs `start` with a port of 127.0.0.1: `preferred` while it is free, else any. What was free a moment ago may be taken by the
 * time it is used; `start` rejects with `PortTaken` then and is run again.
 */
export async function onFreePort<T>(preferred: number | null, start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort(attempt === 1 ? preferred : null));
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === attempts) throw error;
    }
  }
}

/** Another program listens where ours should. */
export class PortTaken extends Error {
  override readonly name = "PortTaken";
  readonly category: Category = "transient";
  readonly port: number;

  constructor(port: number) {
    super(`port ${port} on 127.0.0.1 is taken by another program`);
    this.port = port;
  }
}

async function freePort(preferred: number | null): Promise<number> {
  if (preferred !== null && (await bind(preferred)) !== null) return preferred;
  const port = await bind(0);
  if (port === null) throw new Error("the system has no free port on 127.0.0.1");
  return port;
}

function bind(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : null));
    });
  });
}

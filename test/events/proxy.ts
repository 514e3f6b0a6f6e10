import { createServer, connect as dial, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A TCP proxy before the server that can lose what passes through it. */
export interface Proxy {
  url: string;
  /** While set, what the server says is lost: requests are carried out and nobody hears of it. */
  deaf: boolean;
  /** While set, what the client says is lost. */
  mute: boolean;
  /** The connections there are lose everything from now on and stay open: a cable pulled. New ones work. */
  freeze(): void;
  /** Breaks every connection. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startProxy(port: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const frozen = new WeakSet<Socket>();
  const proxy = { deaf: false, mute: false };
  const server = createServer((client) => {
    const upstream = dial(port, "127.0.0.1");
    for (const [socket, peer] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => peer.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        peer.destroy();
      });
    }
    client.on("data", (chunk) => proxy.mute || frozen.has(client) || upstream.write(chunk));
    upstream.on("data", (chunk) => proxy.deaf || frozen.has(client) || client.write(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return Object.assign(proxy, {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    freeze() {
      for (const socket of sockets) frozen.add(socket);
    },
    async stop() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

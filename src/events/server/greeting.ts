import { connect } from "node:net";

/** What we read of the INFO line. */
export interface Greeting {
  server_name?: string;
  version?: string;
  jetstream?: boolean;
}

/** The INFO line with which a nats-server receives a connection; null while nobody listens, {} when it is another program. */
export function greet(port: number): Promise<Greeting | null> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ port, host: "127.0.0.1" });
    const finish = (greeting: Greeting | null) => {
      socket.destroy();
      resolve(greeting);
    };
    socket.setEncoding("utf8");
    socket.setTimeout(1_000, () => finish(null));
    socket.once("error", () => finish(null));
    socket.once("close", () => finish(null));
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\r\n") || text.length > 65_536) finish(parseGreeting(text));
    });
  });
}

function parseGreeting(text: string): Greeting {
  try {
    return JSON.parse(/^INFO (.*)\r\n/.exec(text)?.[1] ?? "{}") as Greeting;
  } catch {
    return {};
  }
}

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { GapAlert } from "../../src/actors/gap-alert.ts";
import { createBell } from "../../src/events/bell.ts";

export interface Post {
  headers: IncomingHttpHeaders;
  body: string;
  alert: GapAlert;
}

/** A real HTTP server that alerts are posted to. */
export interface Receiver {
  readonly url: string;
  /** Everything that was posted while it was up, in order, whatever it answered. */
  readonly posts: readonly Post[];
  /** Answers `posts[n]`; without one, 204. A function that never resolves lets it hang. */
  answer: (post: Post, n: number) => Answer | Promise<Answer>;
  /** Resolves once it was posted so much. */
  posted(count: number): Promise<readonly Post[]>;
  /** Connections are refused from now on. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
}

export async function startReceiver(path = "/hook"): Promise<Receiver> {
  const posts: Post[] = [];
  const bell = createBell();
  let port = 0;
  let server: Server | null = null;

  async function listen(): Promise<void> {
    server = createServer((request, response) => {
      const reply = async () => {
        const body = await text(request);
        const post = { headers: request.headers, body, alert: JSON.parse(body) as GapAlert };
        posts.push(post);
        bell.ring();
        const { status, headers = {} } = await receiver.answer(post, posts.length - 1);
        response.writeHead(status, headers).end();
      };
      reply().catch(() => response.destroy());
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  }

  const receiver: Receiver = {
    get url() {
      return `http://127.0.0.1:${port}${path}`;
    },
    posts,
    answer: () => ({ status: 204 }),
    async posted(count) {
      while (posts.length < count) await bell.heard();
      return posts;
    },
    async down() {
      const closing = server;
      server = null;
      if (closing === null) return;
      closing.close();
      closing.closeAllConnections();
      await once(closing, "close");
    },
    up: listen,
  };
  await listen();
  return receiver;
}

/** Whether a post carries the signature of its body and id, as a receiver checks it. */
export function isSigned({ headers, body, alert }: Post, secret: string): boolean {
  const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["fulltime-signature"])) ?? [];
  const expected = createHmac("sha256", secret).update(`${t}.${body}`).digest("hex");
  return v1 === expected && headers["fulltime-alert-id"] === alert.id;
}

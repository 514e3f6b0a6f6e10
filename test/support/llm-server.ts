import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { createBell } from "../../src/events/bell.ts";

export interface LlmBody {
  model: string;
  messages: { role: string; content: string }[];
  response_format?: { type: string; json_schema: { strict: boolean; schema: object } };
  [param: string]: unknown;
}

export interface LlmRequest {
  body: LlmBody;
  headers: IncomingHttpHeaders;
}

/** How a model behaves: answers `request`, its `n`-th from 0, on `response`. What it throws ends the connection. */
export type Play = (request: LlmRequest, response: ServerResponse, n: number) => void | Promise<void>;

/** A real HTTP server that speaks chat completions, one way for each model. */
export interface LlmServer {
  /** The base before /chat/completions. */
  readonly url: string;
  readonly requests: readonly LlmRequest[];
  /** By model name; without one it `answers`. */
  readonly plays: Map<string, Play>;
  /** The most calls that were ever under way at a time. */
  readonly busiest: number;
  requestsOf(model: string): readonly LlmRequest[];
  /** Resolves once so many requests have come in. */
  asked(count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startLlmServer(): Promise<LlmServer> {
  const requests: LlmRequest[] = [];
  const plays = new Map<string, Play>();
  const bell = createBell();
  let busy = 0;
  let busiest = 0;
  const requestsOf = (model: string) => requests.filter(({ body }) => body.model === model);

  const server = createServer((incoming, response) => {
    busiest = Math.max(busiest, ++busy);
    response.once("close", () => busy--);
    const reply = async () => {
      if (incoming.method !== "POST" || incoming.url !== "/v1/chat/completions")
        return void response.writeHead(404).end();
      const body = JSON.parse(await text(incoming)) as LlmBody;
      const request = { body, headers: incoming.headers };
      const n = requestsOf(body.model).length;
      requests.push(request);
      bell.ring();
      await (plays.get(body.model) ?? answers())(request, response, n);
    };
    reply().catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    plays,
    requestsOf,
    get busiest() {
      return busiest;
    },
    async asked(count) {
      while (requests.length < count) await bell.heard();
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

export const goodAnswer = {
  abstain: false,
  tip: { home: 2, away: 1 },
  probabilities: { home: 0.5, draw: 0.3, away: 0.2 },
};

/** What most calls cost: 1,000 tokens read, 50 written. */
const usage = { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1050 };

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

function completion(model: string, message: object, more: object = {}): object {
  const choices = [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop" }];
  return { id: "1", object: "chat.completion", created: 1, model, choices, usage, ...more };
}

/** Says this, as JSON or as the text it is. */
export function says(content: unknown, more: object = {}): Play {
  return ({ body }, response) =>
    send(
      response,
      200,
      completion(body.model, { content: typeof content === "string" ? content : JSON.stringify(content) }, more),
    );
}

export function answers(more: object = {}): Play {
  return says(goodAnswer, more);
}

/** Takes its time. */
export function slow(ms: number, then: Play = answers()): Play {
  return async (request, response, n) => {
    await pause(ms);
    await then(request, response, n);
  };
}

/** One after another; the last one for ever. */
export function inTurn(...turns: Play[]): Play {
  return (request, response, n) => turns[Math.min(n, turns.length - 1)]?.(request, response, n);
}

export function refuses(words: string): Play {
  return ({ body }, response) => send(response, 200, completion(body.model, { content: null, refusal: words }));
}

/** Cut off by its provider's filter. */
export function filtered(): Play {
  return ({ body }, response) =>
    send(response, 200, {
      ...completion(body.model, { content: "" }),
      choices: [{ index: 0, message: { role: "assistant", content: "" }, finish_reason: "content_filter" }],
    });
}

export function fails(status: number, headers: Record<string, string> = {}, error: object = {}): Play {
  return (_, response) =>
    send(response, status, { error: { message: "no", type: "error", code: null, ...error } }, headers);
}

/** Takes no `response_format`. */
export function knowsNoSchema(then: Play = answers()): Play {
  return (request, response, n) =>
    request.body.response_format === undefined
      ? then(request, response, n)
      : fails(400, {}, { param: "response_format" })(request, response, n);
}

/** Streams though nobody asked it to. */
export function streams(content: unknown, { model }: { model?: string } = {}): Play {
  return ({ body }, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const chunk = (delta: object, more: object = {}) =>
      response.write(
        `data: ${JSON.stringify({ id: "1", model: model ?? body.model, choices: [{ index: 0, delta }], ...more })}\n\n`,
      );
    for (const part of JSON.stringify(content).match(/.{1,7}/g) ?? []) chunk({ content: part });
    response.write(`data: ${JSON.stringify({ id: "1", model: model ?? body.model, choices: [], usage })}\n\n`);
    response.end("data: [DONE]\n\n");
  };
}

/** Begins an answer and never ends it. */
export function trickles(): Play {
  return (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"id": "1", ');
  };
}

/** Sends for as long as anybody reads. */
export function floods(): Play {
  return async (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    while (!response.destroyed) {
      if (!response.write(" ".repeat(65_536))) await once(response, "drain");
    }
  };
}

/** The connection breaks. */
export function resets(): Play {
  return (_, response) => void response.destroy();
}

/** Never says anything. */
export function hangs(): Play {
  return () => {};
}

/** Answers under another name. */
export function impersonates(name: string): Play {
  return (_, response) => send(response, 200, completion(name, { content: JSON.stringify(goodAnswer) }));
}

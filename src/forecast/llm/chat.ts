import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import type { ChatCompletion, ChatCompletionChunk } from "openai/resources/chat/completions";
import type { Category } from "../../match/event.ts";
import { answerSchema } from "./answer.ts";
import { eventsOf, StreamTooLong } from "./event-stream.ts";
import type { Endpoint } from "./member.ts";
import type { Message } from "./prompt.ts";
import { BodyTooLong, fetchWhole } from "./whole.ts";

/** One completion, whatever shape its server gave it. Everything in it is the server's word. */
export interface Reply {
  text: string;
  /** It said, as the protocol has it, that it would not answer. */
  refused: boolean;
  /** What the server says answered; null when it does not say. */
  model: string | null;
  tokens: { in: number; out: number } | null;
  /** What the server says it cost, where it says so; else 0. */
  stated: number;
}

/** A call that brought no completion. The message is ours alone: a server's own words may repeat the key. */
export class ChatFailed extends Error {
  override readonly name = "ChatFailed";
  readonly category: Category;
  /** The HTTP status, null where there was no answer at all. */
  readonly status: number | null;
  /** How long the server said to stay away, milliseconds. */
  readonly retryAfterMs: number | null;
  /** It was sent, and nothing came back in time. */
  readonly timedOut: boolean;

  constructor(
    category: Category,
    message: string,
    status: number | null = null,
    retryAfterMs: number | null = null,
    timedOut = false,
  ) {
    super(message);
    this.timedOut = timedOut;
    this.category = category;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface ChatRequest {
  model: string;
  messages: readonly Message[];
  params: Readonly<Record<string, number>>;
  /** The server is to hold the model to the answer's schema. */
  bySchema: boolean;
  timeout: number;
}

/** One call of a chat completions endpoint. Throws `ChatFailed`, and the signal's reason when it aborts. */
export type Chat = (request: ChatRequest, signal: AbortSignal) => Promise<Reply>;

export function chatAt({ url, key }: Endpoint): Chat {
  // Everything the client would otherwise take from the environment is set: another program's key is none of ours.
  const client = new OpenAI({
    baseURL: url,
    apiKey: key ?? "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    defaultHeaders: { Authorization: key === null ? null : `Bearer ${key}` },
    // Whether and when to try again is the stage's decision, and its log.
    maxRetries: 0,
    logLevel: "off",
    fetch: fetchWhole,
    // A key goes to the address it was given for, and nowhere else.
    fetchOptions: { redirect: "manual" },
  });
  return async ({ model, messages, params, bySchema, timeout }, signal) => {
    const format = {
      type: "json_schema",
      json_schema: { name: "forecast", strict: true, schema: answerSchema },
    } as const;
    try {
      const response = await client.chat.completions
        .create(
          {
            ...params,
            model,
            messages: [...messages],
            stream: false,
            ...(bySchema ? { response_format: format } : {}),
          },
          // A signal of its own: the client never stops listening to the one it was given.
          { timeout, signal: AbortSignal.any([signal]) },
        )
        .asResponse();
      return await read(response);
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, timeout);
    }
  };
}

async function read(response: Response): Promise<Reply> {
  const type = response.headers.get("content-type") ?? "";
  // Some servers stream, asked or not.
  const bodies = type.includes("text/event-stream")
    ? eventsOf(await response.arrayBuffer()).map(parsed)
    : [parsed(await response.text())];
  const status = bodies.map(statusIn).find((it) => it !== null);
  if (status !== undefined && status !== null)
    throw new ChatFailed(categoryOf(status), `its server answered ${status}`, status, retryAfterOf(response.headers));
  const reply = type.includes("text/event-stream") ? joined(bodies) : whole(bodies[0]);
  if (reply === null) throw new ChatFailed("permanent", "its server's answer is no chat completion");
  return reply;
}

/** Gateways that have sent 200 already tell of what went wrong behind them in the body: `{"error": {"code": 429}}`. */
function statusIn(body: unknown): number | null {
  const { error } = (body ?? {}) as { error?: { code?: unknown } | null };
  const code = error?.code;
  return Number.isInteger(code) && (code as number) >= 400 && (code as number) < 600 ? (code as number) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type Partly<T> = T extends (infer U)[] ? Partly<U>[] : T extends object ? { [K in keyof T]?: Partly<T[K]> | null } : T;

function whole(body: unknown): Reply | null {
  const completion = body as Partly<ChatCompletion> | null;
  const choice = completion?.choices?.[0];
  if (typeof choice?.message !== "object" || choice.message === null) return null;
  const { content, refusal } = choice.message;
  return {
    text: textOf(content),
    refused: isRefusal(content, refusal) || choice.finish_reason === "content_filter",
    ...common(completion),
  };
}

function joined(events: readonly unknown[]): Reply | null {
  const reply: Reply = { text: "", refused: false, model: null, tokens: null, stated: 0 };
  for (const event of events) {
    const chunk = event as (Partly<ChatCompletionChunk> & { error?: unknown }) | null;
    if (typeof chunk !== "object" || chunk === null || Boolean(chunk.error)) return null;
    const choice = chunk.choices?.[0];
    const { model, tokens, stated } = common(chunk);
    const { content, refusal } = choice?.delta ?? {};
    reply.text += textOf(content);
    reply.refused ||= isRefusal(content, refusal) || choice?.finish_reason === "content_filter";
    reply.model = model ?? reply.model;
    reply.tokens = tokens ?? reply.tokens;
    reply.stated = Math.max(stated, reply.stated);
  }
  return events.length === 0 ? null : reply;
}

/** Some servers answer in parts; of these only text is the answer, not what a model thought on the way to it. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return partsOf(content)
    .map(({ type, text }) => (textParts.has(type) && typeof text === "string" ? text : ""))
    .join("");
}

const textParts = new Set<unknown>(["text", "output_text"]);

function isRefusal(content: unknown, refusal: unknown): boolean {
  if (typeof refusal === "string" && refusal !== "") return true;
  return partsOf(content).some(({ type }) => type === "refusal");
}

function partsOf(content: unknown): { type?: unknown; text?: unknown }[] {
  const parts: unknown[] = Array.isArray(content) ? content : [];
  return parts.filter((part) => typeof part === "object" && part !== null);
}

function common(body: { model?: unknown; usage?: unknown } | null): Pick<Reply, "model" | "tokens" | "stated"> {
  const usage = (body?.usage ?? null) as Record<string, unknown> | null;
  const [read, written] = [usage?.["prompt_tokens"], usage?.["completion_tokens"]];
  const stated = usage?.["cost"];
  return {
    model: typeof body?.model === "string" && body.model !== "" ? body.model : null,
    tokens:
      isCount(read) || isCount(written) ? { in: isCount(read) ? read : 0, out: isCount(written) ? written : 0 } : null,
    stated: typeof stated === "number" && stated >= 0 && stated <= statedMax ? stated : 0,
  };
}

/** No call reads or writes as much, or costs as much: a server that says so states nothing. */
const countMax = 10_000_000;
const statedMax = 10_000;

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= countMax;
}

function failureOf(error: unknown, timeout: number): ChatFailed {
  if (error instanceof ChatFailed) return error;
  if (error instanceof StreamTooLong) return new ChatFailed("permanent", error.message);
  if (error instanceof APIConnectionTimeoutError)
    return new ChatFailed("transient", `no answer within ${timeout / 1000} s`, null, null, true);
  if (error instanceof APIConnectionError) {
    return error.cause instanceof BodyTooLong
      ? new ChatFailed("permanent", error.cause.message)
      : new ChatFailed("transient", `its server cannot be reached${codeOf(error.cause)}`);
  }
  if (error instanceof APIError && typeof error.status === "number") {
    const { status, headers, code } = error as APIError<number, Headers>;
    // Of the server's own words only what can be nothing but a name: it knows the key, and might repeat it.
    const name = typeof code === "string" && /^[a-z]+(_[a-z]+)+$/.test(code) && code.length <= 40 ? ` (${code})` : "";
    return new ChatFailed(categoryOf(status), `its server answered ${status}${name}`, status, retryAfterOf(headers));
  }
  // What is left came of reading a stream that was none.
  return new ChatFailed("permanent", "its server's answer is no chat completion");
}

/** Of a system error somewhere below, like ECONNREFUSED. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  const { code } = cause as { code?: unknown };
  return typeof code === "string" && /^[A-Z_]{1,40}$/.test(code) ? `: ${code}` : codeOf(cause.cause);
}

function categoryOf(status: number): Category {
  if (status === 429) return "rate-limited";
  return status >= 500 || status === 408 || status === 425 ? "transient" : "permanent";
}

/** Whatever a server says, it is asked again within a day. */
const retryAfterMaxMs = 86_400_000;

/** `Retry-After` as seconds or as a date (RFC 9110), the latter by the server's own clock, or in milliseconds as some say it. */
function retryAfterOf(headers: Headers): number | null {
  const said = headers.get("retry-after")?.trim() ?? "";
  const ms = [
    headers.get("retry-after-ms") ?? Number.NaN,
    said === "" ? Number.NaN : Number(said) * 1000,
    Date.parse(said) - Date.parse(headers.get("date") ?? ""),
  ].map(Number);
  const first = ms.find((it) => it >= 0);
  return first === undefined ? null : Math.min(Math.ceil(first), retryAfterMaxMs);
}

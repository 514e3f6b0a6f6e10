import type { Category, ModelAnswer, ModelOutcome } from "../../match/event.ts";
import type { Models, Question, Stopwatch } from "../models.ts";
import { readAnswer, type Said } from "./answer.ts";
import { type Chat, ChatFailed, chatAt, type Reply } from "./chat.ts";
import type { Endpoint, LlmMember } from "./member.ts";
import { ask, askAgain, type Message, promptHash } from "./prompt.ts";

export interface LlmOptions {
  members: readonly LlmMember[];
  /** By the name of the member. */
  endpoints: Readonly<Record<string, Endpoint>>;
  /** The pipeline's clock, epoch milliseconds: what a server's "come back in a minute" is counted from. */
  now: () => number;
  elapsed: Stopwatch;
}

/** The language models of a panel. Each answer is one call, or two where the first could not be read. */
export function llmModels({ members, endpoints, now, elapsed }: LlmOptions): Models {
  const callers = new Map(
    members.map((member) => {
      const endpoint = endpoints[member.name];
      if (endpoint === undefined) throw new Error(`no endpoint for ${member.name}`);
      return [member.name, { member, endpoint, call: callerOf(member, chatAt(endpoint)) }] as const;
    }),
  );
  return {
    roster: members.map(({ name, version }) => ({ model: name, version })),
    terms(model) {
      const caller = callers.get(model);
      if (caller === undefined) return null;
      const { concurrency, dailyCostMax } = caller.member;
      return { lane: caller.endpoint.url, concurrency, dailyCostMax };
    },
    async ask(model, question, signal) {
      const caller = callers.get(model);
      if (caller === undefined) throw new RangeError(`the panel has no language model "${model}"`);
      const began = elapsed();
      const bill = new Bill(caller.member);
      const said = await converse(caller.member, caller.call, bill, question, signal).catch((error: unknown) => {
        // Told to stop between two calls: what the first has cost must not be forgotten.
        if (!signal.aborted || bill.cost === 0) throw error;
        return { ...failed("its stage ended before its answer could be read"), category: "transient" } as const;
      });
      if (said.kind !== "tip") return silent(model, said, bill, now);
      const { tip, probabilities } = said;
      const latencyMs = Math.round(elapsed() - began);
      return { model, tip, probabilities, latencyMs, cost: bill.cost, ...bill.tokens, promptHash };
    },
  };
}

type Conversed =
  | Exclude<Said, { kind: "unreadable" }>
  | { kind: "refused" }
  | { kind: "failed"; category: Category; reason: string; retryAfterMs: number | null };

/** Asks, and asks once more if the answer cannot be read. What became of that second call is final. */
async function converse(
  member: LlmMember,
  call: Call,
  bill: Bill,
  question: Question,
  signal: AbortSignal,
): Promise<Conversed> {
  const messages = ask(question, await question.background());
  const first = await attempt(member, call, bill, messages, signal);
  if (first.kind !== "unreadable") return first;
  const again = askAgain(messages, first.text, first.problem);
  const second = await attempt(member, call, bill, again, signal);
  if (second.kind === "unreadable") return failed(`its answer cannot be read, twice: ${second.problem}`);
  return second.kind === "failed" ? failed(`${second.reason}, after an answer that cannot be read`) : second;
}

type Attempt = Conversed | { kind: "unreadable"; problem: string; text: string };

async function attempt(
  member: LlmMember,
  call: Call,
  bill: Bill,
  messages: readonly Message[],
  signal: AbortSignal,
): Promise<Attempt> {
  let reply: Reply;
  try {
    reply = await call(messages, signal);
  } catch (error) {
    if (!(error instanceof ChatFailed)) throw error;
    if (error.timedOut) bill.unanswered(messages);
    return { kind: "failed", category: error.category, reason: error.message, retryAfterMs: error.retryAfterMs };
  }
  bill.add(messages, reply);
  if (!isAskedFor(reply.model, member)) return failed(`its server answered with another model than ${member.model}`);
  if (reply.refused) return { kind: "refused" };
  const said = readAnswer(reply.text);
  return said.kind === "unreadable" ? { ...said, text: reply.text } : said;
}

function failed(reason: string): Extract<Conversed, { kind: "failed" }> {
  return { kind: "failed", category: "permanent", reason, retryAfterMs: null };
}

type Call = (messages: readonly Message[], signal: AbortSignal) => Promise<Reply>;

/** Calls by schema, or without one where the server takes none: what it answered to the one or the other tells. */
function callerOf({ model, params, timeout }: LlmMember, chat: Chat): Call {
  let takesSchema: boolean | null = null;
  return async (messages, signal) => {
    const request = { model, messages, params, timeout };
    if (takesSchema !== false) {
      try {
        const reply = await chat({ ...request, bySchema: true }, signal);
        takesSchema = true;
        return reply;
      } catch (error) {
        const refusesIt = error instanceof ChatFailed && (error.status === 400 || error.status === 422);
        if (!refusesIt || takesSchema === true) throw error;
      }
    }
    const reply = await chat({ ...request, bySchema: false }, signal);
    takesSchema = false;
    return reply;
  };
}

/**
 * Servers spell out what they were asked for: `vendor/model` answers as `model-2026-01-01` or `model:8b`. Any other name is
 * another model, which must not answer under this one's.
 */
function isAskedFor(answered: string | null, { model, answersAs }: LlmMember): boolean {
  if (answered === null || answersAs.includes(answered)) return true;
  const [given, asked] = [plain(answered), plain(model)];
  const rest = given.startsWith(asked) ? given.slice(asked.length) : null;
  return rest === "" || (rest !== null && /^(?::|[-@]\d{4})/.test(rest)) || asked.startsWith(`${given}:`);
}

function plain(name: string): string {
  const bare = name.slice(name.lastIndexOf("/") + 1).toLowerCase();
  return bare.replace(/[-:]latest$/, "");
}

/** What the calls of one answer have cost. */
class Bill {
  readonly #price: LlmMember["price"];
  #tokens: { in: number; out: number } | null = null;
  #cost = 0;

  constructor({ price }: LlmMember) {
    this.#price = price;
  }

  add(messages: readonly Message[], { text, tokens, stated }: Reply): void {
    if (tokens !== null)
      this.#tokens = { in: (this.#tokens?.in ?? 0) + tokens.in, out: (this.#tokens?.out ?? 0) + tokens.out };
    if (this.#price === null) {
      this.#cost += stated;
      return;
    }
    const read = billed(tokens?.in ?? 0, lengthOf(messages));
    const written = billed(tokens?.out ?? 0, text.length);
    this.#cost += (read * this.#price.in + written * this.#price.out) / 1_000_000;
  }

  /** Nothing came in time. Whoever is paid by the token was paid for what it read. */
  unanswered(messages: readonly Message[]): void {
    if (this.#price !== null) this.#cost += (billed(0, lengthOf(messages)) * this.#price.in) / 1_000_000;
  }

  get tokens(): { tokens?: { in: number; out: number } } {
    return this.#tokens === null ? {} : { tokens: this.#tokens };
  }

  get cost(): number {
    return this.#cost;
  }
}

function lengthOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0);
}

/** Of a token of English, by the rule of thumb; figures, names and JSON have fewer. */
const charactersPerToken = 4;

/**
 * The tokens that a text is paid for by: those its server counted, but no fewer than half the rule of thumb, which no tokenizer
 * gets by with. A server that counts nothing, or too little, would else never reach its member's ceiling.
 */
function billed(counted: number, characters: number): number {
  const usual = Math.ceil(characters / charactersPerToken);
  return counted === 0 ? usual : Math.max(counted, Math.ceil(usual / 2));
}

function silent(
  model: string,
  said: Exclude<Conversed, { kind: "tip" }>,
  bill: Bill,
  now: () => number,
): ModelAnswer & ModelOutcome {
  const paid = { ...(bill.cost > 0 ? { cost: bill.cost } : {}), ...bill.tokens, promptHash };
  if (said.kind === "abstained")
    return { model, outcome: "abstained", category: null, reason: "it abstained", ...paid };
  if (said.kind === "refused") return { model, outcome: "abstained", category: null, reason: "it refused", ...paid };
  const { category, reason, retryAfterMs } = said;
  const back =
    category === "rate-limited" && retryAfterMs !== null
      ? { retryAt: new Date(now() + retryAfterMs).toISOString() }
      : {};
  return { model, outcome: "failed", category, reason, ...back, ...paid };
}

/** A language model on the panel, as the panel file names it. */
export interface LlmMember {
  name: string;
  family: "llm";
  /** Changes whenever its forecasts may change. */
  version: string;
  /** What its server calls it. */
  model: string;
  /** The names its server may answer under besides that one. */
  answersAs: readonly string[];
  /** The base before `/chat/completions`; null: the installation's. */
  url: string | null;
  /** The environment variable that holds its key; null: the installation's key. */
  keyEnv: string | null;
  /** Calls under way at its address, at most. */
  concurrency: number;
  /** null: no limit. */
  dailyCostMax: number | null;
  /** A million tokens read, and written; null: only what the server says it cost. */
  price: { in: number; out: number } | null;
  /** How long one call may take, milliseconds. */
  timeout: number;
  /** Sampling parameters, sent as they are. */
  params: Readonly<Record<string, number>>;
}

/** Where a member is asked, and with what. */
export interface Endpoint {
  url: string;
  /** null: its server wants none. Never logged, never in an event. */
  key: string | null;
}

/** What `params` may hold: the numbers of the chat completions API that change how an answer is drawn. */
export const samplingParams = [
  "temperature",
  "top_p",
  "seed",
  "max_tokens",
  "max_completion_tokens",
  "frequency_penalty",
  "presence_penalty",
] as const;

/** Enough for 20 kick-offs at once with 42 members that take 5 s each. */
export const concurrencyDefault = 64;
export const timeoutDefaultMs = 60_000;

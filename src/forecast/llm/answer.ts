import { z } from "zod";
import type { Probabilities, Score } from "../../match/event.ts";

/** A tip beyond this is no forecast. */
export const goalsMax = 15;

/** What three rounded probabilities may miss 1 by; they are scaled to it. */
const sumTolerance = 0.02;

const goals = z.int().min(0).max(goalsMax);
const probability = z.number().min(0).max(1);

/**
 * What a language model may say. It has no words in it: free text would be the way for whatever a team is called, or for the
 * instructions themselves, into the log.
 */
const schema = z.strictObject({
  abstain: z.boolean(),
  tip: z.strictObject({ home: goals, away: goals }).nullable(),
  probabilities: z.strictObject({ home: probability, draw: probability, away: probability }).nullable(),
});

const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, {
  override: ({ jsonSchema: part }) => {
    delete part.minimum;
    delete part.maximum;
  },
});

/** The same for servers that hold a model to it. Without bounds on numbers, which some refuse: we look ourselves. */
export const answerSchema = jsonSchema;

export type Said =
  | { kind: "tip"; tip: Score; probabilities: Probabilities }
  | { kind: "abstained" }
  /** `problem` holds field names and our own words alone: it goes back to the model and into the log. */
  | { kind: "unreadable"; problem: string };

/** Reads an answer. JSON with words or a fence around it is taken as well: not every server can be held to a schema. */
export function readAnswer(text: string): Said {
  const json = parse(text);
  if (json === undefined) return { kind: "unreadable", problem: "it is not one JSON object" };
  const parsed = schema.safeParse(json);
  if (!parsed.success) return { kind: "unreadable", problem: parsed.error.issues.slice(0, 3).map(describe).join("; ") };
  const { abstain, tip, probabilities } = parsed.data;
  if (abstain) return { kind: "abstained" };
  if (tip === null) return { kind: "unreadable", problem: "tip is null, but abstain is false" };
  if (probabilities === null) return { kind: "unreadable", problem: "probabilities is null, but abstain is false" };
  const sum = probabilities.home + probabilities.draw + probabilities.away;
  if (!(Math.abs(sum - 1) <= sumTolerance)) {
    return { kind: "unreadable", problem: `probabilities must sum to 1, not ${sum.toFixed(3)}` };
  }
  const home = probabilities.home / sum;
  const draw = probabilities.draw / sum;
  return { kind: "tip", tip, probabilities: { home, draw, away: probabilities.away / sum } };
}

function parse(text: string): unknown {
  const spoken = text.replace(/^\s*<think>[^]*?<\/think>/, "");
  const bare = spoken.slice(spoken.indexOf("{"), spoken.lastIndexOf("}") + 1);
  for (const candidate of [spoken, bare]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The next one, or none.
    }
  }
  return undefined;
}

function describe(issue: z.core.$ZodIssue): string {
  const field = issue.path.map(String).join(".") || "the answer";
  // What they are called are the model's words.
  if (issue.code === "unrecognized_keys") return `${field} has ${issue.keys.length} unknown keys`;
  if (issue.code === "too_big") return `${field} must be at most ${issue.maximum}`;
  if (issue.code === "too_small") return `${field} must be at least ${issue.minimum}`;
  return issue.code === "invalid_type" ? `${field} must be ${issue.expected}` : `${field} is wrong`;
}

import { decode } from "../../src/events/envelope.ts";
import type { Outcome } from "./run.ts";

/** A failed seed for people: what broke first, the life of the match it broke on, and how to see it again. */
export function report({ seed, violations, messages, logged, world }: Outcome): string {
  const [first] = violations;
  if (first === undefined) return `seed ${seed}: every invariant held`;
  const { invariant, matchId, at, text } = first;
  const what = invariant === 0 ? "a run must not do this" : `invariant ${invariant} is broken`;
  return [
    `seed ${seed}: ${what}, at ${iso(at)}${matchId === null ? "" : `, by ${matchId}`}: ${text}`,
    ...violations.slice(1, 4).map((other) => `  then ${other.invariant}: ${other.matchId ?? ""} ${other.text}`),
    `  ${world.plan.nodes} nodes, ${messages.length} messages, faults until ${iso(world.healAt)}`,
    ...history(messages, matchId),
    ...logged.slice(-12).map((line) => `  log: ${line.slice(0, 200)}`),
    `replay: npm run simulate -- --seed ${seed}`,
  ].join("\n");
}

const linesMax = 80;

function history(messages: Outcome["messages"], matchId: string | null): string[] {
  const lines = messages.flatMap((message) => {
    const { entity, event, sequence, subject } = decode(message);
    if (matchId !== null && (entity?.root !== "match" || entity.id !== matchId)) return [];
    if (matchId === null && subject.startsWith("source.")) return [];
    const said = event === null ? "(no event)" : `${iso(event.time)} ${JSON.stringify(event.data).slice(0, 220)}`;
    return [`  ${sequence} ${matchId === null ? subject : subject.slice(`match.${matchId}.`.length)} ${said}`];
  });
  return lines.slice(-linesMax);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

import type { Moment } from "../../src/projections/timeline.ts";

/** An event with what it caused, in the order of the log. */
export interface Caused {
  moment: Moment;
  effects: Caused[];
}

/** The trees of causes in one match's life: what nothing of the match caused stands at a root. */
export function causesOf(moments: readonly Moment[]): Caused[] {
  const nodes = new Map<number, Caused>(moments.map((moment) => [moment.message.sequence, { moment, effects: [] }]));
  const roots: Caused[] = [];
  for (const node of nodes.values()) {
    const cause = node.moment.cause === null ? undefined : nodes.get(node.moment.cause);
    (cause?.effects ?? roots).push(node);
  }
  return roots;
}

/** Every event below what caused it, with how deep it stands. */
export function* walkCauses(trees: readonly Caused[], depth = 0): Iterable<{ moment: Moment; depth: number }> {
  for (const { moment, effects } of trees) {
    yield { moment, depth };
    yield* walkCauses(effects, depth + 1);
  }
}

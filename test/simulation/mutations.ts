/** One bug, as an edit of one line or a few of a file of `src/`. Its text must be there exactly once, so none goes stale unnoticed. */
export interface Mutation {
  name: string;
  file: string;
  find: string;
  replace: string;
}

export const mutations: readonly Mutation[] = [
  {
    name: "compare-and-set is dropped",
    file: "events/memory/server.ts",
    find: "if (moved) return",
    replace: "if (false && moved) return",
  },
  {
    name: "a delivery is acknowledged before its fact is appended",
    file: "actors/actor.ts",
    find: "const handled = await floor.enter(",
    replace: "await delivery.ack();\n      const handled = await floor.enter(",
  },
  {
    name: "quotas are counted from late answers too",
    file: "match/answers.ts",
    find: "return !answer.retroactive && (answer.late || (kickoff !== null && answer.time >= kickoff));",
    replace: "return false;",
  },
  {
    name: "a retry is never due",
    file: "match/due.ts",
    find: "return again !== null && now >= again",
    replace: "return again === null",
  },
  {
    name: "a match is settled twice",
    file: "match/due.ts",
    find: "    match.retro !== null ||\n    basis === match.settlement?.basis",
    replace: "    match.retro !== null",
  },
  {
    name: "a stale request is obeyed",
    file: "match/schedule.ts",
    find: "if (request === null || request.id !== requestId || match.fixture === null) return false;",
    replace:
      "if (match.fixture === null) return false;\n  if (request === null || request.id !== requestId) return true;",
  },
  {
    name: "the checkpoint runs ahead of the rows",
    file: "projections/projector.ts",
    find: "last = newest;\n        writeMatches(matches.all);\n        writeRest();\n      });\n      states.remember",
    replace:
      "last = newest;\n        writeMatches(matches.all.slice(news.length > 3 ? 1 : 0));\n        writeRest();\n      });\n      states.remember",
  },
  {
    name: "a wave overwrites the one before",
    file: "match/evolve-answers.ts",
    find: "answers: [...match.answers, ...answers],",
    replace: "answers,",
  },
  {
    name: "an unanswered request is never asked again",
    file: "match/due.ts",
    find: "if (now < expiresAt(state.request, policy)) return nothing;",
    replace: "if (now >= 0) return nothing;",
  },
  {
    name: "an unknown outcome is taken for success",
    file: "events/append.ts",
    find: "for (const each of batch) each.uncertain = true;\n        putBack(batch);",
    replace:
      'for (const each of batch) each.resolve({ outcome: "appended", sequence: each.version + each.messages.length });',
  },
  {
    name: "a paid answer is dropped when its match has moved",
    file: "actors/stage.ts",
    find: "paid || isCurrent(match",
    replace: "isCurrent(match",
  },
  {
    name: "a delivery that was not handled is not kept alive or given back",
    file: "events/memory/server.ts",
    find: "const overdue = (sequence: number) => clock.after(ackWaitMs, () => comeBack(sequence));",
    replace: "const overdue = (sequence: number) => clock.after(ackWaitMs, () => void out.delete(sequence));",
  },
  {
    name: "an answer made after a kick-off that was moved forward counts",
    file: "match/answers.ts",
    find: "return !answer.retroactive && (answer.late || (kickoff !== null && answer.time >= kickoff));",
    replace: "return !answer.retroactive && answer.late;",
  },
];

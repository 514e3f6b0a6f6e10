import { isMatchId } from "../events/subjects.ts";
import type { NewEvent } from "../match/event.ts";
import { retroStages } from "../match/evolve-words.ts";
import { type Match, unknownMatch } from "../match/match.ts";
import { hasBegun } from "../match/schedule.ts";
import { isVoid } from "../match/status.ts";
import { defineActor, type Handled } from "./actor.ts";
import { appendToMatch } from "./append.ts";
import { type Letter, readLetter } from "./letter.ts";
import type { Node } from "./node.ts";

/** How much of a request is repeated in its answer, in characters. */
const requestLengthMax = 2000;

/** Unknown matches that an answer names at most. */
const namedMax = 50;

/** Rejections of what names no known match go under this id. */
const nobody = "_";

type AnswerFact =
  | { type: "match.retro.requested"; data: NewEvent<"match.retro.requested">["data"] }
  | { type: "match.request.rejected"; data: NewEvent<"match.request.rejected">["data"] }
  | { type: "match.request.noop"; data: NewEvent<"match.request.noop">["data"] };

interface Received {
  /** Sequence of the letter: what makes its answers answers to this one, however often it is delivered. */
  sequence: number;
  text: string;
}

/** Opens the letter box: each letter is answered on every match it is about, with a request, a rejection or a no-op. */
export const intakeActor = defineActor({
  name: "intake",
  on: "intake",
  concurrency: 8,
  async handle({ message, deliveries }, node, drain): Promise<Handled> {
    try {
      await node.readModel.reached(message.sequence, drain);
    } catch {
      return "release";
    }
    // Delivered for the first time and answered: the consumer was made anew. Decided again, it would ask for more than it did then.
    if (deliveries === 1 && node.readModel.isLetterAnswered(message.sequence)) return "ack";
    const received: Received = {
      sequence: message.sequence,
      text: new TextDecoder().decode(message.body.subarray(0, requestLengthMax)).slice(0, requestLengthMax),
    };
    const read = readLetter(message.body);
    if ("code" in read) {
      await answer(node, received, "unattested:anonymous", nobody, () => rejection(received, [read]));
      return "ack";
    }
    const { letter } = read;
    const actor = `unattested:${letter.by ?? "anonymous"}`;
    const isKnown = (id: string) => isMatchId(id) && (node.readModel.match(id)?.fixture ?? null) !== null;
    const ids = addressees(letter, node);
    const unknown = ids.filter((id) => !isKnown(id));
    const answers = ids
      .filter(isKnown)
      .map((id) => answer(node, received, actor, id, (match) => decide(match, letter, received, node)));
    if (ids.length === 0)
      answers.push(answer(node, received, actor, nobody, () => rejection(received, [nothingMissing])));
    if (unknown.length > 0)
      answers.push(answer(node, received, actor, nobody, () => rejection(received, strangers(unknown))));
    await Promise.all(answers);
    return "ack";
  },
});

function addressees(letter: Letter, node: Node): string[] {
  if (letter.matchIds !== null) return letter.matchIds;
  const back = (letter.days ?? 0) * 24 * 60 * 60 * 1000;
  return node.readModel.gaps(node.clock.now(), 0, back, node.policy).map((gap) => gap.matchId);
}

function decide(match: Match, letter: Letter, received: Received, node: Node): AnswerFact {
  const { fixture } = match;
  const reject = (code: string, text: string) => rejection(received, [{ code, text }]);
  if (fixture === null) throw new Error(`${match.id} was known and is not`);
  if (fixture.purpose === "history") return reject("history", `${match.id} is history: it is never predicted`);
  if (isVoid(fixture.status)) return reject("void", `${match.id} is ${fixture.status}: there is nothing to predict`);
  if (fixture.status === "postponed")
    return reject("postponed", `${match.id} is postponed: it will be predicted before its new kick-off`);
  if (!hasBegun(fixture, node.clock.now())) {
    return reject(
      "not-yet-due",
      `${match.id} kicks off at ${new Date(fixture.kickoff).toISOString()}: it is predicted before that, without a request`,
    );
  }
  const todo = retroStages(match, letter.stages);
  const settles = letter.stages?.includes("settle") === true && match.stages.settle.failure !== null;
  if (todo.length === 0 && !settles) {
    const doneBy = match.stages.predict.done?.sequence ?? match.analysis?.sequence ?? match.version;
    return { type: "match.request.noop", data: { request: received.text, letter: received.sequence, doneBy } };
  }
  if (match.retro !== null) {
    return {
      type: "match.request.noop",
      data: { request: received.text, letter: received.sequence, doneBy: match.retro.sequence },
    };
  }
  const { stages, reason, by } = letter;
  return { type: "match.retro.requested", data: { by: by ?? "anonymous", reason, stages, letter: received.sequence } };
}

type Reason = { code: string; text: string };

const nothingMissing: Reason = { code: "nothing-missing", text: "no match of those days lacks anything" };

function rejection({ text: request, sequence: letter }: Received, reasons: Reason[]): AnswerFact {
  return { type: "match.request.rejected", data: { request, letter, reasons } };
}

/** A letter has one answer under no match, whatever number of unknown ones it names. */
function strangers(ids: readonly string[]): Reason[] {
  const code = "unknown-match";
  const named = ids
    .slice(0, namedMax)
    .map((id) => ({ code, text: `there is no match ${id.slice(0, 200)}: see fulltime matches` }));
  return ids.length > namedMax
    ? [...named, { code, text: `nor are there ${ids.length - namedMax} more of those named` }]
    : named;
}

async function answer(
  node: Node,
  received: Received,
  actor: string,
  id: string,
  decideOn: (match: Match) => AnswerFact,
): Promise<void> {
  const known = node.readModel.match(id) ?? unknownMatch(id);
  await appendToMatch(node, known, (match) => {
    if (match.letters.includes(received.sequence)) return null;
    const time = node.clock.now();
    const fact = decideOn(match);
    return [{ ...fact, id: node.newId(time), time, actor, causationId: null }];
  });
}

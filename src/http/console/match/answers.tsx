import { type Counting, countAnswers } from "../../../match/answers.ts";
import { isTip } from "../../../match/event.ts";
import type { Answer, Match, Outcome } from "../../../match/match.ts";
import { Badge, type Tone } from "../components/badge.tsx";
import { costOf } from "../components/plan.tsx";
import { Table } from "../components/table.tsx";
import { Text } from "../components/text.tsx";
import { Time } from "../components/time.tsx";
import { href } from "../path.ts";
import { count, duration, number } from "../words.ts";
import { eventsOf, type Life, type LoadedMatch } from "./loaded.ts";
import { chance, scoreOf } from "./score.ts";

/** Which of the answers are shown: those of one round, from the `from`-th on. */
interface AnswersAt {
  round: number;
  from: number;
}

interface AnswersProps extends LoadedMatch {
  at: AnswersAt;
}

/** A panel has 42 members; what more a log holds is on further pages. */
const answersShown = 60;
const wavesShown = 12;

/** What each model answered in one round, what of it counts, and the waves the answers came in. */
export function Answers({ match, life, at }: AnswersProps) {
  const rounds = roundsOf(match);
  const said = spokenIn(match, at.round);
  const page = said.slice(at.from, at.from + answersShown);
  const here = `/matches/${match.id}`;
  const next = at.from + page.length;
  return (
    <section id="answers">
      <h2>Answers</h2>
      {rounds.length < 2 ? null : (
        <nav class="badges" aria-label="Rounds">
          {rounds.slice(-12).map((round) => (
            <a
              href={`${href(here, { round })}#answers`}
              aria-current={round === at.round ? "true" : undefined}
              class="choice"
            >
              round {round}
            </a>
          ))}
        </nav>
      )}
      <Table
        caption={`${summary(said)}${rounds.length < 2 ? "" : ` in round ${at.round}`}`}
        rows={page}
        columns={[
          { head: "Model", header: true, cell: ({ model }) => <Text value={model} max={60} /> },
          { head: "Tip", numeric: true, cell: (it) => ("tip" in it ? scoreOf(it.tip) : "–") },
          { head: "Home", numeric: true, cell: (it) => ("tip" in it ? chance(it.probabilities.home) : "") },
          { head: "Draw", numeric: true, cell: (it) => ("tip" in it ? chance(it.probabilities.draw) : "") },
          { head: "Away", numeric: true, cell: (it) => ("tip" in it ? chance(it.probabilities.away) : "") },
          { head: "Counts", cell: (it) => <Counts of={it} /> },
          { head: "Points", numeric: true, cell: (it) => ("tip" in it && it.points !== null ? it.points : "–") },
          { head: "Cost", numeric: true, cell: (it) => costOf(it.cost) },
          { head: "Wave", numeric: true, cell: (it) => `#${it.sequence}` },
        ]}
        empty="No model has been heard yet."
      />
      {at.from === 0 && next >= said.length ? null : (
        <nav class="pager" aria-label="Pages of answers">
          {at.from === 0 ? null : <a href={`${href(here, { round: at.round })}#answers`}>First answers</a>}
          {next >= said.length ? null : (
            <a href={`${href(here, { round: at.round, answers: next })}#answers`}>
              {number(said.length - next)} more answers
            </a>
          )}
        </nav>
      )}
      {life === null ? (
        <p class="quiet">In which waves they came is in the log, which does not answer now.</p>
      ) : (
        <Waves life={life} round={at.round} />
      )}
    </section>
  );
}

type Tipped = Pick<Answer, "model" | "tip" | "probabilities" | "retroactive" | "cost" | "sequence"> & {
  counts: Counting;
  points: number | null;
};
type Silent = Pick<Outcome, "model" | "outcome" | "category" | "reason" | "sequence"> & { cost: number };
type Spoken = Tipped | Silent;

/** Those that count first, the most points first; then the other tips and who gave none, in the order of the log. */
function spokenIn(match: Match, round: number): Spoken[] {
  const points = new Map(match.settlement?.points.map((it) => [it.model, it.points]));
  const tips = countAnswers(match).flatMap(({ answer, counts }): Tipped[] =>
    answer.round === round
      ? [{ ...answer, counts, points: counts === true ? (points.get(answer.model) ?? null) : null }]
      : [],
  );
  const counting = tips.filter(({ counts }) => counts === true);
  counting.sort((a, b) => (b.points ?? 0) - (a.points ?? 0) || (a.model < b.model ? -1 : 1));
  const silent = match.outcomes.filter((it) => it.round === round).map((it): Silent => ({ ...it, cost: it.cost ?? 0 }));
  return [...counting, ...tips.filter(({ counts }) => counts !== true), ...silent];
}

function roundsOf({ round, answers, outcomes }: Match): number[] {
  return [...new Set([round.number, ...answers.map((it) => it.round), ...outcomes.map((it) => it.round)])].sort(
    (a, b) => a - b,
  );
}

function summary(said: readonly Spoken[]): string {
  const tips = said.filter((it) => "tip" in it);
  const counting = tips.filter((it) => it.counts === true).length;
  const silent = said.length - tips.length;
  return [
    `${count(counting, "answer")} that ${counting === 1 ? "counts" : "count"}`,
    tips.length === counting
      ? null
      : `${number(tips.length - counting)} that ${tips.length - counting === 1 ? "does" : "do"} not`,
    silent === 0 ? null : `${count(silent, "model")} without a tip`,
  ]
    .filter((it) => it !== null)
    .join(", ");
}

const silences: Readonly<Record<Outcome["outcome"], Tone>> = { abstained: "quiet", resting: "waiting", failed: "bad" };

function Counts({ of }: { of: Spoken }) {
  if (!("tip" in of)) {
    const { outcome, category, reason } = of;
    return (
      <>
        <Badge tone={silences[outcome]} word={category === null ? outcome : `${outcome}, ${category}`} />{" "}
        <span class="words">
          <Text value={reason} max={100} />
        </span>
      </>
    );
  }
  const retro = of.retroactive ? <span class="quiet"> in hindsight</span> : null;
  return of.counts === true ? (
    <>yes{retro}</>
  ) : (
    <>
      <Badge tone="quiet" word={of.counts} />
      {retro}
    </>
  );
}

function Waves({ life, round }: { life: Life; round: number }) {
  const waves = eventsOf(life, "match.predicted").filter(({ data }) => data.round === round);
  const shown = waves.slice(-wavesShown);
  if (waves.length === 0) return null;
  const older = waves.length - shown.length;
  return (
    <>
      <Table
        caption={`${count(waves.length, "wave")} of answers${older === 0 ? "" : `; the newest ${wavesShown}, the others are in the life below`}`}
        rows={shown}
        columns={[
          { head: "Wave", header: true, cell: ({ sequence }) => `#${sequence}` },
          { head: "At", cell: ({ time }) => <Time at={time} /> },
          { head: "Tips", numeric: true, cell: ({ data }) => data.answers.filter(isTip).length },
          { head: "No tip", numeric: true, cell: ({ data }) => data.answers.filter((it) => !isTip(it)).length },
          {
            head: "Slowest",
            numeric: true,
            cell: ({ data }) => duration(Math.max(0, ...data.answers.map((it) => (isTip(it) ? it.latencyMs : 0)))),
          },
          {
            head: "Cost",
            numeric: true,
            cell: ({ data }) => costOf(data.answers.reduce((sum, it) => sum + (it.cost ?? 0), 0)),
          },
          { head: "When", cell: ({ data }) => (data.retroactive ? "in hindsight" : "before kick-off") },
        ]}
        empty=""
      />
    </>
  );
}

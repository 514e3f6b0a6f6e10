import { stageNames } from "../../../match/stage-names.ts";
import type { StageRow } from "../../../projections/stages.ts";
import type { Match } from "../../../match/match.ts";
import type { Policy } from "../../../match/policy.ts";
import { StageBadge, stageLook } from "../components/badge.tsx";
import { Empty } from "../components/state.tsx";
import { Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { duration } from "../words.ts";
import { graceOf } from "./grace.ts";
import { StageStrip } from "./stage-strip.tsx";

interface StagesProps {
  match: Match;
  stages: readonly StageRow[];
  policy: Policy;
  now: number;
}

/** Rounds beyond these are in the life below. */
const rowsShown = 24;

/** When each stage fell due, when it was done, and how late. */
export function Stages({ match, stages, policy, now }: StagesProps) {
  if (stages.length === 0) {
    const isHistory = match.fixture?.purpose === "history";
    return (
      <section id="due">
        <h2>Stages</h2>
        <Empty title={isHistory ? "History: it feeds the forecasts, and has no stages" : "No stage is known yet"} />
      </section>
    );
  }
  const shown = stages.slice(-rowsShown);
  const rounds = new Set(stages.map(({ round }) => round));
  return (
    <section id="due">
      <h2>Stages</h2>
      <StageStrip
        match={match}
        stages={shown.filter(({ round }) => round === match.round.number)}
        policy={policy}
        now={now}
      />
      <Table
        caption={rounds.size > 1 ? `${rounds.size} rounds: the kick-off moved far` : "Due, done, and how late"}
        rows={shown}
        columns={[
          { head: "Stage", header: true, cell: ({ stage }) => stageNames[stage] },
          ...(rounds.size > 1 ? [{ head: "Round", numeric: true, cell: ({ round }: StageRow) => round }] : []),
          {
            head: "State",
            cell: (row) => <StageBadge stage={row.stage} look={stageLook(row, now, graceOf(row.stage, policy))} />,
          },
          { head: "Due", cell: ({ dueAt }) => <Time at={dueAt} /> },
          { head: "Done", cell: ({ doneAt }) => <Time at={doneAt} /> },
          { head: "Late by", numeric: true, cell: (row) => lateBy(row, now) },
          { head: "Attempts burnt", numeric: true, cell: ({ attempts }) => attempts },
        ]}
        empty=""
      />
    </section>
  );
}

function lateBy({ state, dueAt, doneAt, lateMs }: StageRow, now: number): string {
  if (doneAt !== null) return lateMs < 1000 ? "in time" : duration(lateMs);
  if (dueAt === null || dueAt > now || state === "missed") return "–";
  return `${duration(now - dueAt)} so far`;
}

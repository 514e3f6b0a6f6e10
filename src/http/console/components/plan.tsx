import { stageNames } from "../../../match/stage-names.ts";
import type { Stage } from "../../../match/event.ts";
import type { BackfillAnswer } from "../../calls/backfill.ts";
import type { Spending } from "../spending.ts";
import { count, number, percent } from "../words.ts";
import type { Fields } from "./form.tsx";
import { Fact, Facts } from "./state.tsx";
import { Pager, Table } from "./table.tsx";
import { Text } from "./text.tsx";

type Plan = BackfillAnswer["plan"];

/** What a backfill would take, in figures. */
export function PlanFacts({ plan, spending }: { plan: Plan; spending: Spending }) {
  const { total, analyses, modelCalls, settlements, cost, planHash } = plan;
  return (
    <Facts>
      <Fact name="Matches">{number(total)}</Fact>
      <Fact name="Analyses">{number(analyses)}</Fact>
      <Fact name="Model calls">{number(modelCalls)}</Fact>
      <Fact name="Settlements">{number(settlements)}</Fact>
      <Fact name="Cost">{costOf(cost)}</Fact>
      <Fact name="Share of the day's budget">{shareOf(cost, spending)}</Fact>
      <Fact name="Plan">
        <code>{planHash}</code>
      </Fact>
    </Facts>
  );
}

/** `8.4 % of 5; 1.1 is spent`. What a model's answers have cost so far is all that is known of what the next will. */
export function shareOf(cost: number, { spent, ceiling }: Spending): string {
  if (ceiling === null) {
    if (cost === 0 && spent === 0) return "none: no answer has cost anything";
    return `no ceiling is set; today has cost ${costOf(spent)}`;
  }
  const share = `${percent((100 * cost) / ceiling)} of ${costOf(ceiling)}; ${costOf(spent)} is spent today`;
  return cost > ceiling - spent ? `${share}: more than is left` : share;
}

/** In the panel's currency: four digits that say something. */
export function costOf(cost: number): string {
  return String(Number(cost.toPrecision(4)));
}

export const planRowsMax = 30;

/** The plan's matches, by id, from after one of them. */
export function PlanTable({ plan, after }: { plan: Plan; after: string | null }) {
  const { rows, first } = planRows(plan, after);
  return (
    <Table
      caption={captionOf(plan.total, plan.matches.length, first, rows.length)}
      rows={rows}
      columns={[
        {
          head: "Match",
          header: true,
          cell: ({ matchId }) => <a href={`/matches/${encodeURIComponent(matchId)}`}>{matchId}</a>,
        },
        { head: "What is run", cell: ({ stages }) => stagesOf(stages) },
        { head: "Model calls", numeric: true, cell: ({ modelCalls }) => number(modelCalls) },
      ]}
      empty="No more matches."
    />
  );
}

/** Of one page, and where the next one begins; `first` counts from 1. */
export function planRows({ matches }: Plan, after: string | null) {
  const from = after === null ? 0 : matches.filter(({ matchId }) => matchId <= after).length;
  const rows = matches.slice(from, from + planRowsMax);
  return { rows, first: from + 1, next: matches.length > from + planRowsMax ? (rows.at(-1)?.matchId ?? null) : null };
}

interface MatchTableProps {
  ids: readonly string[];
  /** All of the plan, listed or not. */
  total: number;
  path: string;
  fields: Fields;
  after: string | null;
}

/** Matches of a plan that all get the same. */
export function MatchTable({ ids, total, path, fields, after }: MatchTableProps) {
  const sorted = ids.toSorted();
  const from = after === null ? 0 : sorted.filter((id) => id <= after).length;
  const rows = sorted.slice(from, from + planRowsMax);
  const last = sorted.length > from + planRowsMax ? rows.at(-1) : undefined;
  return (
    <>
      <Table
        caption={captionOf(total, sorted.length, from + 1, rows.length)}
        rows={rows}
        columns={[
          {
            head: "Match",
            header: true,
            cell: (id) => <a href={`/matches/${encodeURIComponent(id)}`}>{id}</a>,
          },
        ]}
        empty="No more matches."
      />
      <Pager
        first={after === null ? null : withFields(path, fields)}
        next={last === undefined ? null : withFields(path, { ...fields, after: last })}
      />
    </>
  );
}

function captionOf(total: number, listed: number, first: number, rows: number): string {
  const some = listed < total ? `; the first ${number(listed)} are listed` : "";
  return `${count(total, "match", "matches")}${some}; here ${number(first)} to ${number(first + rows - 1)}`;
}

/** A link that says a choice again; a list is its field as often as it is long. */
export function withFields(path: string, given: Fields): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    for (const it of [value].flat()) if (it !== null && it !== undefined && it !== "") query.append(name, String(it));
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

export function stagesOf(stages: readonly Stage[]): string {
  return stages.map((stage) => stageNames[stage]).join(", ");
}

const namedMax = 20;

/** What a plan leaves out, by the reason: how many, and the first of them by name. */
export function LeftOut({ skipped, total }: { skipped: readonly { matchId: string; why: string }[]; total?: number }) {
  if (skipped.length === 0) return null;
  const reasons = [...new Set(skipped.map(({ why }) => why))];
  const hidden = (total ?? skipped.length) - skipped.length;
  return (
    <section aria-labelledby="left-out">
      <h2 id="left-out">Left out</h2>
      {reasons.map((reason) => {
        const those = skipped.filter(({ why }) => why === reason);
        return (
          <details>
            <summary>
              {count(those.length, "match", "matches")}: <Text value={reason} />
            </summary>
            <MatchLinks ids={those.map(({ matchId }) => matchId)} />
          </details>
        );
      })}
      {hidden > 0 ? <p>{count(hidden, "more match", "more matches")} besides.</p> : null}
    </section>
  );
}

export function MatchLinks({ ids }: { ids: readonly string[] }) {
  return (
    <ul>
      {ids.slice(0, namedMax).map((id) => (
        <li>
          <a href={`/matches/${encodeURIComponent(id)}`}>
            <Text value={id} />
          </a>
        </li>
      ))}
      {ids.length > namedMax ? <li>and {number(ids.length - namedMax)} more</li> : null}
    </ul>
  );
}

/** What is asked for already, and is not asked for twice. */
export function UnderWay({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return null;
  return (
    <details>
      <summary>{count(ids.length, "match is", "matches are")} under way already: not asked for again</summary>
      <MatchLinks ids={ids} />
    </details>
  );
}

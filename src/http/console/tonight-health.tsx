import { stageNames } from "../../match/stage-names.ts";
import { stages } from "../../match/event.ts";
import type { PollState, SourceState } from "../../match/polling.ts";
import type { Policy } from "../../match/policy.ts";
import type { FailureCount } from "../../projections/failures.ts";
import type { Diagnosis } from "../diagnosis.ts";
import { byCategory, sum } from "../failure-sums.ts";
import { Badge, categoryMeanings } from "./components/badge.tsx";
import { Fact, Facts, Notice } from "./components/state.tsx";
import { Table } from "./components/table.tsx";
import { Text } from "./components/text.tsx";
import { Time } from "./components/time.tsx";
import { href } from "./path.ts";
import type { Tonight } from "./tonight-rows.ts";
import { count, number } from "./words.ts";

type Reason = Diagnosis["reasons"][number];

/** Where each reason is looked into. */
const remedies: Readonly<Record<Reason["code"], readonly [path: string, text: string]>> = {
  "nats-unreachable": ["/system", "What the node knows of NATS"],
  "projection-stalled": ["/system", "Rebuild the read model"],
  "disk-full": ["/system", "Disk and streams"],
  "projection-lag": ["/system", "The read model"],
  "log-storage": ["/system", "Disk and streams"],
  "clock-skew": ["/system", "The clock"],
  "coverage-low": ["/gaps", "The gaps, and what mends them"],
  "source-stale": ["/system", "The sources"],
};

/** Why health is not ok, each with where it is mended; nothing where all is well. */
export function Reasons({ reasons, severe }: { reasons: readonly Reason[]; severe: boolean }) {
  if (reasons.length === 0) return null;
  return (
    <Notice tone={severe ? "bad" : "warning"} title={`This node is ${severe ? "unhealthy" : "degraded"}`}>
      <ul>
        {reasons.map(({ code, detail, since }) => (
          <li>
            <strong>{code}</strong>: <Text value={detail} /> <span class="quiet">since</span>{" "}
            <Time at={Date.parse(since)} /> <a href={remedies[code][0]}>{remedies[code][1]}</a>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Failed stages by category, given up and not; nothing where there are none. */
export function Failures({ failures }: { failures: readonly FailureCount[] }) {
  if (failures.length === 0) return null;
  const givenUp = failures.filter((it) => it.givenUp);
  const rows = Object.entries(byCategory(failures)) as [FailureCount["category"], number][];
  return (
    <section>
      <h2>Failures</h2>
      <Table
        caption={`${count(sum(failures), "stage")} failed; nothing tries ${number(sum(givenUp))} of them again by itself`}
        rows={rows}
        columns={[
          { head: "Category", header: true, cell: ([it]) => <a href={href("/failures", { category: it })}>{it}</a> },
          { head: "Stages", numeric: true, cell: ([, n]) => number(n) },
          {
            head: "Given up",
            numeric: true,
            cell: ([it]) => number(sum(givenUp.filter(({ category }) => category === it))),
          },
          { head: "It means", cell: ([it]) => categoryMeanings[it] },
        ]}
        empty=""
      />
    </section>
  );
}

/** Freshness and budget. One line while all is well. */
export function Sources({ sources, now, policy }: { sources: readonly SourceState[]; now: number; policy: Policy }) {
  const troubled = sources.filter((source) => troubleOf(source, now, policy) !== null);
  return (
    <section>
      <h2>Sources</h2>
      {sources.length === 0 ? (
        <p>
          <Badge tone="warning" word="none was polled yet" />
        </p>
      ) : (
        <details open={troubled.length > 0}>
          <summary>
            {troubled.length === 0
              ? `${count(sources.length, "source")}: fresh`
              : `${number(troubled.length)} of ${count(sources.length, "source")} not fresh`}
          </summary>
          <SourceTable sources={sources} now={now} policy={policy} />
        </details>
      )}
    </section>
  );
}

export function SourceTable({
  sources,
  now,
  policy,
}: {
  sources: readonly SourceState[];
  now: number;
  policy: Policy;
}) {
  const polled = ({ good }: PollState) => <Time at={good?.time ?? null} now={now} />;
  return (
    <Table
      caption="What each source last told, and what is left of its quota"
      rows={sources}
      columns={[
        {
          head: "Source",
          header: true,
          cell: ({ id }) => (
            <span class="teams">
              <Text value={id} />
            </span>
          ),
        },
        {
          head: "State",
          cell: (source) => {
            const trouble = troubleOf(source, now, policy);
            if (trouble !== null) return <Badge tone="warning" word={trouble} />;
            return <Badge tone="good" word={source.exhausted ? "nothing more will come" : "fresh"} />;
          },
        },
        { head: "Fixtures", cell: ({ polls }) => polled(polls.fixtures) },
        { head: "Results", cell: ({ polls }) => polled(polls.results) },
        { head: "Budget left", numeric: true, cell: budgetOf },
      ]}
      empty=""
    />
  );
}

function budgetOf({ budget }: SourceState) {
  if (budget === null) return "–";
  return budget.limit === undefined
    ? number(budget.remaining)
    : `${number(budget.remaining)} of ${number(budget.limit)}`;
}

/** As health has it: the last good fixtures poll is older than twice its interval. */
function troubleOf({ exhausted, polls }: SourceState, now: number, { pollEvery }: Policy): string | null {
  if (exhausted) return null;
  const { good, failure } = polls.fixtures;
  if (good === null) return failure === null ? "never polled" : `fails: ${failure.category}`;
  return now - good.time > 2 * pollEvery ? "stale" : null;
}

interface ThisNodeProps {
  /** Whether NATS answers: else nobody knows where the log ends. */
  connected: boolean;
  /** Events. */
  lag: number;
  inFlight: Tonight["inFlight"];
  /** Percent of it that is free, null where nobody knows. */
  disk: number | null;
}

/** How far this node is, in a line. */
export function ThisNode({ connected, lag, inFlight, disk }: ThisNodeProps) {
  const busy = [...stages, "retro" as const].filter((it) => inFlight[it] > 0);
  return (
    <section>
      <h2>This node</h2>
      <Facts>
        <Fact name="Read model">
          {lag > 0
            ? `${count(lag, "event")} behind`
            : connected
              ? "at the end of the log"
              : "at the end of what is known"}
        </Fact>
        <Fact name="In flight">
          {busy.length === 0
            ? "nothing"
            : busy.map((it) => `${it === "retro" ? "backfills" : stageNames[it]} ${number(inFlight[it])}`).join(", ")}
        </Fact>
        {disk === null ? null : <Fact name="Log's disk free">{number(disk)} %</Fact>}
      </Facts>
    </section>
  );
}

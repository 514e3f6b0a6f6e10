import type { Recorded } from "../../../match/event.ts";
import type { Match, Result, Settlement } from "../../../match/match.ts";
import { Badge } from "../components/badge.tsx";
import { Fact, Facts } from "../components/state.tsx";
import { type Column, Table } from "../components/table.tsx";
import { Text } from "../components/text.tsx";
import { Time } from "../components/time.tsx";
import { count, number } from "../words.ts";
import { eventsOf, type Life, type LoadedMatch } from "./loaded.ts";
import { scoreOf } from "./score.ts";

/** How it ended, what the tips were worth, and every correction beside what it corrected. */
export function Outcome({ match, life }: LoadedMatch) {
  if (match.result === null && match.settlement === null) return null;
  const versions = life === null ? [] : versionsOf(life);
  return (
    <section>
      <h2>Result and settlement</h2>
      {match.settlement === null ? (
        <p class="badges">
          <Badge tone="waiting" word="not settled" />
        </p>
      ) : (
        <Settled settlement={match.settlement} match={match} />
      )}
      <Revisions versions={versions.length > 0 ? versions : known(match)} />
      {life === null ? <p class="quiet">Whether it was corrected is in the log, which does not answer now.</p> : null}
      <PointsBeside versions={versions} />
    </section>
  );
}

function Settled({ settlement, match }: { settlement: Settlement; match: Match }) {
  const { quotas, quotasFrom, quotasOf, points, time, sequence } = settlement;
  if (settlement.void !== null) {
    return (
      <Facts>
        <Fact name="Settled">
          <Badge tone="quiet" word="void" />
        </Fact>
        <Fact name="Because">{settlement.void.reason}</Fact>
        <Fact name="At">
          <Time at={time} />
        </Fact>
        <Fact name="Event">#{number(sequence)}</Fact>
      </Facts>
    );
  }
  const scored = points.filter((it) => it.points > 0).length;
  return (
    <Facts>
      <Fact name="Settled">
        <Time at={time} />
      </Fact>
      {quotas === null ? null : (
        <Fact name="Quotas home / draw / away">
          {quotas.home} / {quotas.draw} / {quotas.away}
        </Fact>
      )}
      <Fact name="Counted from">
        {quotasFrom === "retro" ? "answers in hindsight" : "answers before kick-off"}
        {quotasOf.length === 0 || quotasOf.length > 12 ? "" : `, #${quotasOf.join(", #")}`}
      </Fact>
      <Fact name="Points in all">{number(totalOf(settlement))}</Fact>
      <Fact name="Members that scored">
        {number(scored)} of {number(points.length)}
      </Fact>
      <Fact name="Basis">
        <Text value={settlement.basis} max={60} />
      </Fact>
      <Fact name="Event">
        #{number(sequence)}
        {match.result !== null && match.result.revision !== settlement.revision ? ", of an older revision" : ""}
      </Fact>
    </Facts>
  );
}

/** One revision of the result with the settlements that were made of it. */
interface Version {
  result: Pick<Result, "revision" | "score" | "how" | "sequence" | "time" | "observedAt">;
  by: string | null;
  settled: readonly Recorded<"match.settled">[];
}

/** Corrections are rare; more than these stand side by side nowhere. */
const versionsShown = 5;

function versionsOf(life: Life): Version[] {
  const settled = eventsOf(life, "match.settled");
  return eventsOf(life, "match.finished")
    .slice(-versionsShown)
    .map(({ data, sequence, time, actor }) => ({
      result: { ...data, sequence, time, observedAt: Date.parse(data.observedAt) },
      by: actor,
      settled: settled.filter((it) => it.data.revision === data.revision),
    }));
}

/** While the log does not answer: the newest one. */
function known({ result }: Match): Version[] {
  return result === null ? [] : [{ result, by: null, settled: [] }];
}

function Revisions({ versions }: { versions: readonly Version[] }) {
  const [only, ...others] = versions;
  if (only === undefined) return null;
  const facts: readonly (readonly [name: string, cell: (it: Version) => ReturnType<Column<Version>["cell"]>])[] = [
    ["After 90 minutes", ({ result }) => scoreOf(result.score.regular)],
    ["After extra time", ({ result }) => (result.score.extraTime === null ? "–" : scoreOf(result.score.extraTime))],
    ["Shoot-out", ({ result }) => (result.score.shootOut === null ? "–" : scoreOf(result.score.shootOut))],
    ["Ended", ({ result }) => result.how],
    ["Observed", ({ result }) => <Time at={result.observedAt} />],
    ["Recorded", ({ result }) => <Time at={result.time} />],
    ["By", ({ by }) => (by === null ? "–" : <Text value={by} max={60} />)],
    ["Event", ({ result }) => `#${result.sequence}`],
    [
      "Settlements",
      ({ settled }) =>
        settled.length === 0
          ? "–"
          : settled
              .map((it) => `#${it.sequence}`)
              .slice(-5)
              .join(", "),
    ],
    ["Quotas", ({ settled }) => quotasIn(settled.at(-1))],
    ["Points in all", ({ settled }) => pointsIn(settled.at(-1))],
  ];
  const wanted = facts.filter(
    ([name]) =>
      (name !== "After extra time" || versions.some(({ result }) => result.score.extraTime !== null)) &&
      (name !== "Shoot-out" || versions.some(({ result }) => result.score.shootOut !== null)),
  );
  if (others.length === 0) {
    // Its settlement is told above.
    const told = wanted.filter(([name]) => !["Settlements", "Quotas", "Points in all"].includes(name));
    return (
      <Facts>
        {told.map(([name, cell]) => (
          <Fact name={name}>{cell(only)}</Fact>
        ))}
      </Facts>
    );
  }
  return (
    <Table
      caption={`${count(versions.length, "revision")} of the result, side by side`}
      rows={wanted}
      columns={[
        { head: <span class="unseen">What</span>, header: true, cell: ([name]) => name },
        ...versions.map((version) => ({
          head: `Revision ${version.result.revision}`,
          cell: ([, cell]: (typeof facts)[number]) => cell(version),
        })),
      ]}
      empty=""
    />
  );
}

function quotasIn(settled: Recorded<"match.settled"> | undefined): string {
  const quotas = settled?.data.quotas ?? null;
  return quotas === null ? "–" : `${quotas.home} / ${quotas.draw} / ${quotas.away}`;
}

function pointsIn(settled: Recorded<"match.settled"> | undefined): string {
  if (settled === undefined) return "–";
  return settled.data.void === null ? number(totalOf(settled.data)) : "void";
}

/** Each model's points under one settlement and the other, where they differ. */
function PointsBeside({ versions }: { versions: readonly Version[] }) {
  const settled = versions.flatMap(({ settled }) => settled).slice(-versionsShown);
  if (settled.length < 2) return null;
  const columns = settled.map(({ data }) => new Map(data.points.map((it) => [it.model, it.points])));
  const models = [...new Set(columns.flatMap((it) => [...it.keys()]))].sort();
  const moved = models.filter((model) => new Set(columns.map((it) => it.get(model))).size > 1);
  if (moved.length === 0) return <p class="quiet">The same points for every model under each settlement.</p>;
  return (
    <details>
      <summary>{count(moved.length, "model")} with other points than before</summary>
      <Table
        caption="Points under each settlement"
        rows={moved.slice(0, movedShown)}
        columns={[
          { head: "Model", header: true, cell: (model) => <Text value={model} max={60} /> },
          ...settled.map(({ sequence }, at) => ({
            head: `#${sequence}`,
            numeric: true,
            cell: (model: string) => columns[at]?.get(model) ?? "–",
          })),
        ]}
        empty=""
      />
      {moved.length > movedShown ? <p>{number(moved.length - movedShown)} more are in the raw events.</p> : null}
    </details>
  );
}

const movedShown = 60;

function totalOf({ points }: Pick<Settlement, "points">): number {
  return points.reduce((sum, it) => sum + it.points, 0);
}

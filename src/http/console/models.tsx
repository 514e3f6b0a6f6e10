import { Hono } from "hono";
import { z } from "zod";
import { restsUntil } from "../../match/model-health.ts";
import type { Comparison } from "../../projections/comparison.ts";
import type { Interval } from "../../projections/moments.ts";
import type { PanelRow } from "../../projections/panel.ts";
import type { ReadModelQueries } from "../../projections/queries.ts";
import type { Regression } from "../../projections/regressions.ts";
import * as fields from "../fields.ts";
import { filterFields, panelFilterOf } from "../models.ts";
import type { HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import { Badge } from "./components/badge.tsx";
import { Choice, Field, Filters } from "./components/form.tsx";
import { ModelComparison } from "./components/model-comparison.tsx";
import { ModelRecordOf } from "./components/model-record.tsx";
import { costOf } from "./components/plan.tsx";
import { Empty, Live, Notice } from "./components/state.tsx";
import { Table } from "./components/table.tsx";
import { Text } from "./components/text.tsx";
import { Time } from "./components/time.tsx";
import { createNewest } from "./newest.ts";
import type { Console } from "./page.tsx";
import { href } from "./path.ts";
import { queryOf, readFields } from "./read-fields.ts";
import { count, number } from "./words.ts";

const filterSchema = z.object({
  ...filterFields,
  model: fields.nameSchema.optional(),
  against: fields.nameSchema.optional(),
});
type ModelsFilter = z.infer<typeof filterSchema>;

/** `GET /models`: who is good, by how much, and how sure that is. */
export function modelsPages({ options, ask, page, asOf }: Console): Hono<HttpEnv> {
  // Of thousands of answers, and of one build: two may differ at the same sequence.
  const tablesAt = createNewest<string, Tables>((known, wanted) => known === wanted);

  const routes = new Hono<HttpEnv>();
  routes.get("/models", async (c) => {
    const at = asOf();
    const filter = readFields(filterSchema, queryOf(c));
    const rests = ask((it) => restsOf(it, options, at.now));
    const key = JSON.stringify([at.sequence, options.readModel.state().since, filter]);
    const tables = await tablesAt(key, async () => ask((it) => tablesOf(it, filter)));
    const loaded = { ...tables, rests };
    return page(
      c,
      { title: "Models", section: "/models", charts: loaded.record !== null, asOf: at },
      <Models {...loaded} filter={filter} now={at.now} />,
    );
  });
  return routes;
}

/** Until when models of the roster are left alone; those that are asked are not in it. */
type Rests = Map<string, number>;

interface Tables {
  panel: PanelRow[];
  regressions: Regression[];
  record: ReturnType<ReadModelQueries["modelRecord"]> | null;
  comparison: Comparison | null;
}

function restsOf(it: ReadModelQueries, { roster, policy }: HttpOptions, now: number): Rests {
  const rests: Rests = new Map();
  for (const member of roster) {
    const until = restsUntil(it.modelHealth(member), policy);
    if (until !== null && until > now) rests.set(member, until);
  }
  return rests;
}

function tablesOf(it: ReadModelQueries, { model, against, ...chosen }: ModelsFilter): Tables {
  const filter = panelFilterOf(chosen);
  return {
    panel: it.panel(filter),
    regressions: it.regressions(filter),
    record: model === undefined ? null : it.modelRecord(model, filter),
    comparison: model === undefined || against === undefined ? null : it.compareModels(model, against, filter),
  };
}

function Models({
  panel,
  rests,
  regressions,
  record,
  comparison,
  filter,
  now,
}: Tables & { rests: Rests; filter: ModelsFilter; now: number }) {
  const { model, against, ...table } = filter;
  const to = (query: Partial<ModelsFilter>) =>
    href("/models", { ...table, kind: table.kind === "live" ? null : table.kind, ...query });
  const names = panel.map((row) => row.model).sort();
  return (
    <>
      <Filters path="/models">
        <Field name="competition" label="Competition" value={filter.competition} maxlength={100} />
        <Field name="season" label="Season" value={filter.season} maxlength={100} />
        <Choice
          name="kind"
          label="Answers"
          value={filter.kind}
          options={[
            ["live", "made in time"],
            ["retro", "made in hindsight"],
          ]}
        />
        {panel.length === 0 ? null : (
          <>
            <Choice name="model" label="Look at" value={model} options={[["", "no model"], ...named(names)]} />
            <Choice name="against" label="Against" value={against} options={[["", "no other"], ...named(names)]} />
          </>
        )}
      </Filters>
      <Live id="flags">
        {[...rests].map(([name, until]) => (
          <Notice tone="warning" title={<>{name} rests</>}>
            <p>
              It failed for good too often in a row and is not asked before <Time at={until} now={now} />; then one
              match probes it.
            </p>
          </Notice>
        ))}
        {regressions.map((it) => (
          <Notice tone="warning" title={<>{it.model} has fallen behind</>}>
            <p>
              Over {count(it.n, "match", "matches")} since <Time at={it.since} /> its RPS lies {signed(it.late, 4)} from
              the others' mean; before, {signed(it.before, 4)} ({number(Math.round(it.errors * 10) / 10)} standard
              errors).
            </p>
          </Notice>
        ))}
      </Live>
      {model === undefined || record === null ? null : (
        <Live id="record">
          <ModelRecordOf model={model} record={record} />
        </Live>
      )}
      {comparison === null || model === undefined || against === undefined ? null : (
        <Live id="comparison">
          <ModelComparison first={model} second={against} comparison={comparison} />
        </Live>
      )}
      <Live id="panel">
        <Table
          caption={`The panel: ${count(panel.length, "model")}, by points`}
          rows={panel}
          dense
          empty={
            <Empty title="No settled answers yet">
              <p>The table begins with the first match that is settled with predictions in it, under this filter.</p>
            </Empty>
          }
          columns={[
            {
              head: "Model",
              header: true,
              cell: (row) => (
                <>
                  <a href={to({ model: row.model, against })} class="whole">
                    <Text value={row.model} />
                  </a>
                  {rests.has(row.model) ? <Resting /> : null}
                </>
              ),
            },
            { head: "Matches", numeric: true, cell: (row) => number(row.n) },
            { head: "Points", numeric: true, cell: (row) => number(row.points) },
            {
              head: "A match",
              numeric: true,
              cell: (row) => withInterval(row.n === 0 ? null : row.points / row.n, row.pointsInterval, 2),
            },
            { head: "Exact", numeric: true, cell: (row) => number(row.exact) },
            { head: "Difference", numeric: true, cell: (row) => number(row.difference) },
            { head: "Tendency", numeric: true, cell: (row) => number(row.tendency) },
            { head: "RPS", numeric: true, cell: (row) => withInterval(row.rps, row.rpsInterval, 4) },
            { head: "Log loss", numeric: true, cell: (row) => withInterval(row.logLoss, row.logLossInterval, 4) },
            { head: "Calibration", numeric: true, cell: (row) => fixed(row.calibration, 4) },
            { head: "Abstained", numeric: true, cell: (row) => number(row.abstained) },
            { head: "Rested", numeric: true, cell: (row) => number(row.resting) },
            { head: "Failed", numeric: true, cell: (row) => number(row.failed) },
            { head: "Cost", numeric: true, cell: (row) => (row.cost === 0 ? "–" : costOf(row.cost)) },
          ]}
        />
        {panel.length === 0 ? null : (
          <p class="quiet">± is half of a 95 % interval. RPS, log loss and calibration: lower is better.</p>
        )}
      </Live>
    </>
  );
}

function Resting() {
  return (
    <>
      {" "}
      <Badge tone="warning" word="resting" />
    </>
  );
}

function named(names: readonly string[]): [string, string][] {
  return names.map((name) => [name, name]);
}

function fixed(value: number | null, digits: number): string {
  return value === null ? "–" : value.toFixed(digits);
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
}

function withInterval(value: number | null, interval: Interval | null, digits: number): string {
  const half = interval === null ? "" : ` ± ${((interval[1] - interval[0]) / 2).toFixed(digits)}`;
  return `${fixed(value, digits)}${half}`;
}

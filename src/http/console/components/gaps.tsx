import { stageNames } from "../../../match/stage-names.ts";
import type { MatchGap } from "../../../projections/coverage.ts";
import { stages } from "../../../match/event.ts";
import { type GapFilter, type GapPage, severities } from "../gap-filter.ts";
import { href } from "../path.ts";
import type { Viewer } from "../viewer.ts";
import { count, number } from "../words.ts";
import { SeverityBadge } from "./badge.tsx";
import { Choice, Field, Filters } from "./form.tsx";
import { Pick, tickColumn } from "./pick.tsx";
import { Empty, Live } from "./state.tsx";
import { type Column, Pager, Table } from "./table.tsx";
import { Text } from "./text.tsx";
import { Time } from "./time.tsx";
import { Told } from "./told.tsx";

/** So many that a page stays below 100 kB whatever the teams are called. */
export const gapsShown = 30;

export interface GapsLoaded extends GapPage {
  filter: GapFilter;
  /** Every gap there is. */
  all: readonly MatchGap[];
  total: number;
  /** Those that fit. */
  found: number;
  /** This is the first page. */
  first: boolean;
  now: number;
}

/** The gaps that fit a filter, with what can be done about them. */
export function GapsView({ viewer, ...loaded }: GapsLoaded & { viewer: Viewer }) {
  const { filter } = loaded;
  return (
    <>
      <Filters path="/gaps">
        <Field name="q" label="Team or match" value={filter.q} type="search" maxlength={100} />
        <Choice
          name="severity"
          label="Severity"
          value={filter.severity}
          options={[["", "any"], ...severities.map((it) => [it, it] as const)]}
        />
        <Choice
          name="stage"
          label="Missing"
          value={filter.stage}
          options={[["", "anything"], ...stages.map((it) => [it, stageNames[it]] as const)]}
        />
      </Filters>
      <Live id="gaps">
        {loaded.total === 0 ? (
          <Empty title="No match lacks anything">
            <p>Whatever has fallen due is there.</p>
          </Empty>
        ) : (
          <Listed {...loaded} viewer={viewer} />
        )}
      </Live>
    </>
  );
}

function Listed({ viewer, ...loaded }: GapsLoaded & { viewer: Viewer }) {
  const { filter, gaps, found, total, cursor, first, now } = loaded;
  const ticks = viewer.mayOperate
    ? [
        tickColumn<MatchGap>(
          ({ matchId }) => matchId,
          ({ matchId }) => matchId,
        ),
      ]
    : [];
  const whole = found === total;
  const caption = `${count(found, "gap")}${whole ? "" : ` of ${number(total)} fit the filter`}`;
  return (
    <>
      <Severities all={loaded.all} />
      {viewer.mayOperate && found > 0 ? (
        <Pick action="/gaps/plan" fields={filter}>
          <button type="submit" class="button" name="all" value="1">
            {found === 1 ? "Preview a backfill of the one" : `Preview a backfill of all ${number(found)}`}
            {whole ? "" : found === 1 ? " that fits" : " that fit"}
          </button>
          <button type="submit" class="button plain">
            Of those ticked
          </button>
        </Pick>
      ) : null}
      <Table
        caption={caption}
        rows={gaps}
        columns={[...ticks, ...columns(now)]}
        empty={found === 0 ? "No gap fits this filter." : "No more gaps."}
      />
      <Pager
        first={first ? null : href("/gaps", filter)}
        next={cursor === null ? null : href("/gaps", { ...filter, cursor })}
      />
    </>
  );
}

function columns(now: number): Column<MatchGap>[] {
  return [
    { head: "Severity", cell: ({ severity }) => <SeverityBadge severity={severity} /> },
    { head: "Match", header: true, cell: Teams },
    { head: "Kick-off", cell: ({ kickoffTime }) => <Time at={Date.parse(kickoffTime)} now={now} /> },
    { head: "Missing", cell: ({ missing }) => missing.map((stage) => stageNames[stage]).join(", ") },
    { head: "Due since", cell: ({ dueSince }) => <Time at={Date.parse(dueSince)} now={now} /> },
    {
      head: "Why",
      cell: ({ reason }) => (
        <span class="words">
          <Text value={reason} max={120} />
        </span>
      ),
    },
    {
      head: "Next",
      cell: ({ nextAction }) => (
        <span class="words">
          <Told value={nextAction} max={80} />
        </span>
      ),
    },
  ];
}

function Teams({ matchId, homeTeam, awayTeam }: MatchGap) {
  return (
    <a class="teams" href={`/matches/${matchId}`}>
      <Text value={homeTeam} max={40} /> – <Text value={awayTeam} max={40} />
    </a>
  );
}

/** How many there are of each severity, whatever the filter: each leads to those. */
function Severities({ all }: { all: readonly MatchGap[] }) {
  return (
    <p class="badges">
      {severities.map((severity) => {
        const those = all.filter((gap) => gap.severity === severity).length;
        return those === 0 ? null : (
          <a class="tally" href={href("/gaps", { severity })}>
            {number(those)} <SeverityBadge severity={severity} />
          </a>
        );
      })}
    </p>
  );
}

/** Which gaps a preview is about. `filter` null: they were ticked one by one. */
export function GapsChosen({ found, taken, filter }: { found: number; taken: number; filter: GapFilter | null }) {
  if (filter === null) return <>{count(found, "match that was ticked", "matches that were ticked")}.</>;
  const { severity, stage, q } = filter;
  return (
    <>
      {count(found, "match", "matches")} with a gap
      {severity === undefined ? null : `, severity ${severity}`}
      {stage === undefined ? null : `, ${stageNames[stage]} missing`}
      {q === undefined ? null : (
        <>
          , like <q>{<Text value={q} />}</q>
        </>
      )}
      .
      {found > taken
        ? ` A backfill names ${number(taken)} at most: these are the ${number(taken)} that have begun, most urgent first. Start it again for the others.`
        : null}
    </>
  );
}

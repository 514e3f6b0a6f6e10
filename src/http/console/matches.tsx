import { Hono } from "hono";
import { z } from "zod";
import type { Policy } from "../../match/policy.ts";
import { statuses } from "../../match/status.ts";
import type { MatchPage, MatchSummary } from "../../projections/listing.ts";
import * as fields from "../fields.ts";
import type { HttpEnv } from "../openapi.ts";
import { pageCursors } from "../page-cursor.ts";
import { Refused } from "../problem.ts";
import { Badge } from "./components/badge.tsx";
import { Choice, Field, Filters } from "./components/form.tsx";
import { Empty, Live, Notice } from "./components/state.tsx";
import { Pager, Table } from "./components/table.tsx";
import { Text } from "./components/text.tsx";
import { Time } from "./components/time.tsx";
import { Work } from "./components/work.tsx";
import { scoreOf, statusTones } from "./match/score.ts";
import type { Console } from "./page.tsx";
import { href } from "./path.ts";
import { queryOf, readFields } from "./read-fields.ts";
import { canLack, rowOf, type TonightMatch } from "./tonight-rows.ts";
import { count, number } from "./words.ts";

const path = "/matches";
const shownAtOnce = 50;
const dayMs = 86_400_000;

/** The filter of `GET /api/matches`, by the same names. */
const filterSchema = z.object({
  status: fields.statusSchema.optional(),
  competition: fields.nameSchema.optional(),
  season: fields.nameSchema.optional(),
  purpose: z.enum(["live", "history", "all"]).default("live"),
  from: fields.fromInstant.optional(),
  to: fields.toInstant.optional(),
  cursor: fields.cursorSchema.optional(),
});
type Filter = z.infer<typeof filterSchema>;

/** `GET /matches`: the filter stands in the address. Without any, what kicks off from yesterday on, where there is something. */
export function matchesPages({ options, ask, page, asOf }: Console): Hono<HttpEnv> {
  function load({ cursor: sealed, purpose, ...rest }: Filter): MatchPage {
    const cursors = pageCursors(path, { ...rest, purpose });
    const { matches, cursor } = ask((it) => {
      const after = sealed === undefined ? {} : { cursor: cursors.open(sealed) };
      const only = purpose === "all" ? {} : { purpose };
      return it.matches({ ...fields.given(rest), ...only, ...after, limit: shownAtOnce });
    });
    return { matches, cursor: cursors.seal(cursor) };
  }

  /** Of a filter that nobody wrote the page falls back to everything, rather than show nothing. */
  function loadRecent(filter: Filter): { found: MatchPage; since: number | null } {
    const since = Math.floor(options.clock.now() / dayMs) * dayMs - dayMs;
    const found = load({ ...filter, from: since });
    return found.matches.length > 0 ? { found, since } : { found: load(filter), since: null };
  }

  /** Of what can lack nothing its summary says enough. */
  function workOf(match: MatchSummary, now: number): TonightMatch {
    const { policy } = options;
    if (!canLack(match, now, policy)) return { match, stages: [], gap: null, inWindow: false };
    return ask((it) => rowOf(it, match, now, now + policy.coverageWindow, policy));
  }

  const routes = new Hono<HttpEnv>();
  routes.get(path, (c) => {
    const at = asOf();
    const query = queryOf(c);
    const head = { title: "Matches", section: path, asOf: at } as const;
    try {
      const filter = readFields(filterSchema, query);
      const isBare = query.size === 0;
      const { found, since } = isBare ? loadRecent(filter) : { found: load(filter), since: null };
      const written = since === null ? writtenIn(query) : { from: new Date(since).toISOString().slice(0, 10) };
      const work = (match: MatchSummary) => workOf(match, at.now);
      const shown = { written, filter, now: at.now, isBare, work, policy: options.policy };
      return page(c, head, <Matches {...found} {...shown} />);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 400) throw error;
      return page(
        c,
        { ...head, status: 400, follows: "none" },
        <>
          <Notice tone="bad" title="This filter cannot be read">
            <p>
              <Text value={error.message} max={600} />
            </p>
          </Notice>
          <Filter written={{}} />
        </>,
      );
    }
  });
  return routes;
}

/** A filter as it stands in the address; what was read from it has been found sound. */
type Written = Partial<Record<Exclude<keyof Filter, "cursor">, string>>;

function writtenIn(query: URLSearchParams): Written {
  const names = Object.keys(filterSchema.shape).filter((name) => name !== "cursor");
  return Object.fromEntries(names.flatMap((name) => [[name, query.get(name)?.trim()] as const].filter(([, it]) => it)));
}

interface MatchesProps extends MatchPage {
  work(match: MatchSummary): TonightMatch;
  policy: Policy;
  written: Written;
  filter: Filter;
  now: number;
  isBare: boolean;
}

function Matches({ matches, cursor, work, policy, written, filter, now, isBare }: MatchesProps) {
  const everything = href(path, { purpose: "live" });
  return (
    <>
      <Filter written={written} />
      {isBare && written.from !== undefined ? (
        <p class="quiet">
          Kick-off from <Text value={written.from} /> on. <a href={everything}>From the first match on</a>
        </p>
      ) : null}
      <Live id="matches">
        {matches.length === 0 ? (
          <NoMatches isFiltered={!isBare} hasCursor={filter.cursor !== undefined} everything={everything} />
        ) : (
          <Table
            caption={`${count(matches.length, "match", "matches")} on this page, by kick-off`}
            rows={matches}
            columns={[
              { head: "Match", header: true, cell: (it) => <MatchLink match={it} /> },
              // Second: on a telephone it is what is seen beside the name.
              { head: "Work", cell: (it) => <Work row={work(it)} now={now} policy={policy} /> },
              { head: "Kick-off", cell: (it) => <Time at={it.kickoff} now={now} /> },
              { head: "Competition", cell: (it) => <Competition match={it} /> },
              { head: "Status", cell: (it) => <Badge tone={statusTones[it.status]} word={it.status} /> },
              { head: "Score", numeric: true, cell: (it) => (it.score === null ? "–" : scoreOf(it.score)) },
              { head: "Tips", numeric: true, cell: (it) => (it.purpose === "history" ? "–" : number(it.predictions)) },
            ]}
            empty=""
          />
        )}
        <Pager
          first={filter.cursor === undefined ? null : href(path, written)}
          next={cursor === null ? null : href(path, { ...written, cursor })}
        />
      </Live>
    </>
  );
}

function Filter({ written }: { written: Written }) {
  return (
    <Filters path={path}>
      <Choice
        name="status"
        label="Status"
        value={written.status}
        options={[["", "any"], ...statuses.map((it) => [it, it] as const)]}
      />
      <Field name="competition" label="Competition" value={written.competition} maxlength={100} />
      <Field name="season" label="Season" value={written.season} maxlength={100} />
      <Day name="from" label="Kick-off from" written={written.from} />
      <Day name="to" label="to" written={written.to} />
      <Choice
        name="purpose"
        label="Which"
        value={written.purpose ?? "live"}
        options={[
          ["live", "predicted"],
          ["history", "history"],
          ["all", "all"],
        ]}
      />
    </Filters>
  );
}

/** A browser's field for days would swallow an instant, which an address may hold as well. */
function Day({ name, label, written }: { name: string; label: string; written: string | undefined }) {
  const isDay = written === undefined || /^\d{4}-\d\d-\d\d$/.test(written);
  return <Field name={name} label={label} value={written} type={isDay ? "date" : "text"} />;
}

function MatchLink({ match: { id, home, away } }: { match: MatchSummary }) {
  return (
    <a class="teams" href={`/matches/${id}`}>
      <Text value={home.name} max={40} /> – <Text value={away.name} max={40} />
    </a>
  );
}

function Competition({ match: { competition, season, matchday } }: { match: MatchSummary }) {
  return (
    <>
      <Text value={competition} max={40} /> <Text value={season} max={20} />
      {matchday === null ? null : (
        <>
          {" · "}
          <Text value={matchday} max={20} />
        </>
      )}
    </>
  );
}

function NoMatches(props: { isFiltered: boolean; hasCursor: boolean; everything: string }) {
  const { isFiltered, hasCursor, everything } = props;
  if (hasCursor) return <Empty title="No more matches" />;
  return isFiltered ? (
    <Empty title="No match fits this filter">
      <p>
        <a href={everything}>From the first match on</a>
      </p>
    </Empty>
  ) : (
    <Empty title="No match is known yet">
      <p>
        Matches come with the first poll of a source: see <a href="/system">System</a>.
      </p>
    </Empty>
  );
}

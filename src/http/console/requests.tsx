import { Hono } from "hono";
import { z } from "zod";
import { isCallId } from "../../events/subjects.ts";
import type { Call } from "../../match/call.ts";
import type { CallMatchPage } from "../../projections/calls.ts";
import { readForm } from "../access/form.ts";
import { type RequestAnswer, shownRequest } from "../calls/shown-request.ts";
import * as fields from "../fields.ts";
import type { HttpEnv } from "../openapi.ts";
import { Refused } from "../problem.ts";
import { Badge } from "./components/badge.tsx";
import { RequestBadge } from "./components/request-badge.tsx";
import { Action, Field } from "./components/form.tsx";
import { LeftOutTable, ResultList, type Results } from "./components/results.tsx";
import { Empty, Fact, Facts, Live } from "./components/state.tsx";
import { Pager, Table } from "./components/table.tsx";
import { Text } from "./components/text.tsx";
import { Time } from "./components/time.tsx";
import type { Console } from "./page.tsx";
import { href } from "./path.ts";
import type { Viewer } from "./viewer.ts";
import { count, number } from "./words.ts";

const matchesShown = 50;

const fromSchema = z.coerce.number().int().min(0).max(fields.listedMax);

/**
 * `GET /requests/:id`: what came of something that an operator asked for. `GET /requests/:id/left-out`: the matches that got no
 * request. `POST /requests/:id/cancel`: of a backfill.
 */
export function requestPages({ ask, calls, page, viewer }: Console): Hono<HttpEnv> {
  function load(id: string, after: string | null): Loaded {
    const call = isCallId(id) ? ask((it) => it.call(id)) : null;
    if (call?.requested == null) throw new Refused(404, "there is no such request");
    return ask((it) => ({ call, request: shownRequest(call, it), matches: it.callMatches(id, after, matchesShown) }));
  }

  const routes = new Hono<HttpEnv>();
  routes.get("/requests/:id", (c) => {
    const after = fields.cursorSchema.safeParse(c.req.query("cursor")).data ?? null;
    const loaded = load(c.req.param("id"), after);
    return page(
      c,
      { title: titles[loaded.request.what], section: sectionOf(loaded.request) },
      <Request {...loaded} after={after} viewer={viewer(c)} />,
    );
  });
  routes.get("/requests/:id/left-out", (c) => {
    const { call, request } = load(c.req.param("id"), null);
    const from = fromSchema.safeParse(c.req.query("from") ?? 0).data;
    if (from === undefined) throw new Refused(400, "from: it counts matches, from 0");
    const told = toldOf(call);
    return page(
      c,
      { title: `${titles[request.what]}: left out`, section: sectionOf(request), follows: "none" },
      <>
        <p>
          <a href={`/requests/${request.id}`}>What came of it</a>
        </p>
        {told === null || told.skippedTotal === 0 ? (
          <Empty title="No match was left out" />
        ) : (
          <LeftOutTable {...told} from={from} path={leftOutPath(request.id)} />
        )}
      </>,
    );
  });
  routes.post("/requests/:id/cancel", async (c) => {
    const form = await readForm(c);
    const id = c.req.param("id");
    await calls.cancel(c, id, form.get("reason")?.trim() || null);
    return c.redirect(`/requests/${id}`, 303);
  });
  return routes;
}

interface Loaded {
  call: Call;
  request: RequestAnswer;
  matches: CallMatchPage;
}

const titles: Readonly<Record<RequestAnswer["what"], string>> = {
  backfill: "Backfill",
  "settlement.retry": "Retry of settlements",
  "failure.dismiss": "Dismissal",
  "failure.restore": "Dismissal undone",
  "projections.rebuild": "Rebuild of the read model",
};

const matchTones = { running: "busy", done: "good", failed: "bad", cancelled: "quiet" } as const;

function Request({ call, request, matches, after, viewer }: Loaded & { after: string | null; viewer: Viewer }) {
  const { id, state, total, done, failed, cancelled, running } = request;
  const here = `/requests/${id}`;
  const goesOn = state === "starting" || state === "running";
  return (
    <>
      <Live id="request">
        <p class="badges">
          <RequestBadge state={state} />
        </p>
        <Facts>
          <Fact name="Asked by">
            <Text value={request.by} />
          </Fact>
          <Fact name="At">
            <Time at={Date.parse(request.requestedAt)} />
          </Fact>
          <Fact name="Why">{request.reason === null ? "no reason given" : <Text value={request.reason} />}</Fact>
          <Fact name="Matches">{number(total)}</Fact>
          <Fact name="Done">{number(done)}</Fact>
          <Fact name="Running">{number(running)}</Fact>
          <Fact name="Failed">{number(failed)}</Fact>
          {cancelled === 0 ? null : <Fact name="Cancelled">{number(cancelled)}</Fact>}
          {request.cancelledBy === null ? null : (
            <Fact name="Cancelled by">
              <Text value={request.cancelledBy} />
            </Fact>
          )}
        </Facts>
        <Answered call={call} />
        {total === 0 ? null : (
          <Table
            caption={count(total, "match", "matches")}
            rows={matches.matches}
            columns={[
              { head: "Match", header: true, cell: (it) => <a href={`/matches/${it.matchId}`}>{it.matchId}</a> },
              { head: "State", cell: (it) => <Badge tone={matchTones[it.state]} word={it.state} /> },
              { head: "Sequence", numeric: true, cell: (it) => number(it.sequence) },
            ]}
            empty="No more matches."
          />
        )}
        <Pager
          first={after === null ? null : here}
          next={matches.cursor === null ? null : href(here, { cursor: matches.cursor })}
        />
      </Live>
      <Live id="cancelling">
        {request.what === "backfill" && goesOn ? (
          <Action
            id="cancel"
            // A cancel is one whatever its form is called: so the part stays as it is while nothing changes.
            viewer={{ ...viewer, newCallId: () => id }}
            action={`${here}/cancel`}
            label="Cancel what has not begun"
            danger
            confirm={<p>What is under way ends by itself; {count(running, "match", "matches")} may be taken back.</p>}
          >
            <Field name="reason" label="Reason (kept in the log)" maxlength={300} />
          </Action>
        ) : null}
      </Live>
    </>
  );
}

const answerSchema = z.object({
  requested: z.number(),
  skipped: z.array(fields.leftOutSchema),
  skippedTotal: z.number().optional(),
});

/** What whoever asked was told at once, as it stands in the log. */
function Answered({ call }: { call: Call }) {
  const told = toldOf(call);
  return told === null ? null : <ResultList {...told} rest={leftOutPath(call.id)} />;
}

function toldOf({ requested }: Call): Results | null {
  const answer = requested?.answer ?? null;
  const told = answer === null ? undefined : answerSchema.safeParse(JSON.parse(answer.body)).data;
  if (told === undefined) return null;
  const { requested: accepted, skipped, skippedTotal = skipped.length } = told;
  return { accepted, skipped, skippedTotal };
}

function leftOutPath(id: string): string {
  return `/requests/${id}/left-out`;
}

function sectionOf({ what }: RequestAnswer): "/backfills" | null {
  return what === "backfill" ? "/backfills" : null;
}

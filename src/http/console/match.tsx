import { type Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import { isMatchId } from "../../events/subjects.ts";
import { readForm } from "../access/form.ts";
import * as fields from "../fields.ts";
import { fromLog } from "../from-log.ts";
import type { HttpEnv } from "../openapi.ts";
import { backfillPreviews, type Wish } from "./backfill-preview.tsx";
import { ResultList } from "./components/results.tsx";
import { Empty, Live } from "./components/state.tsx";
import { Text } from "./components/text.tsx";
import { Actions } from "./match/actions.tsx";
import { Answers } from "./match/answers.tsx";
import { Asked } from "./match/asked.tsx";
import { Audit } from "./match/audit.tsx";
import { Forecast } from "./match/forecast.tsx";
import { LifeOf } from "./match/life.tsx";
import { loadMatch } from "./match/loaded.ts";
import { Overview, titleOf } from "./match/overview.tsx";
import { RawEvents } from "./match/raw-events.tsx";
import { Outcome } from "./match/result.tsx";
import { Stages } from "./match/stages.tsx";
import type { Console } from "./page.tsx";
import { callIdIn } from "./posted.ts";
import { reasonIn } from "./reason.ts";

const section = "/matches";

/**
 * `GET /matches/:id`: one match, its life, and what came of it. `/matches/:id/events`: its messages as they are stored.
 * `/matches/:id/backfill`: what a backfill would run on it. Posts to `backfill`, `retry`, `dismiss` and `restore` below it are the
 * calls of the API, for this match alone.
 */
export function matchPages(console: Console): Hono<HttpEnv> {
  const { options, ask, calls, page, viewer, asOf } = console;
  const { log, policy, roster } = options;
  const previews = backfillPreviews(console);
  const routes = new Hono<HttpEnv>();

  function unknown(c: Context<HttpEnv>, id: string) {
    return page(
      c,
      { title: "No such match", section, status: 404 },
      <Empty title="There is no match of that id">
        {isMatchId(id) ? (
          <p>
            Nothing is known of <Text value={id} max={150} />.
          </p>
        ) : (
          <p>Match ids are like pl-2016-17-arsenal-chelsea.</p>
        )}
        <p>
          <a href={section}>All matches</a>
        </p>
      </Empty>,
    );
  }

  routes.get("/matches/:id", async (c) => {
    const id = c.req.param("id");
    const at = asOf();
    const loaded = isMatchId(id) ? await loadMatch(id, { options, ask }) : null;
    if (loaded === null) return unknown(c, id);
    const { match, life } = loaded;
    const now = at.now;
    const shown = { round: wholeIn(c, "round") ?? match.round.number, from: wholeIn(c, "answers") ?? 0 };
    const head = { title: titleOf(match), section, follows: { match: id }, asOf: at } as const;
    return page(
      c,
      head,
      <>
        <Live id="overview">
          <Overview match={match} policy={policy} now={now} />
        </Live>
        <Parts />
        <Live id="actions">
          <Actions match={match} viewer={viewer(c)} scope={{ now, policy, roster }} />
        </Live>
        <Live id="stages">{match.fixture === null ? null : <Stages {...loaded} policy={policy} now={now} />}</Live>
        <Live id="forecast">
          <Forecast {...loaded} />
        </Live>
        <Live id="outcome">
          <Outcome {...loaded} />
        </Live>
        <Live id="answers-part">{match.fixture?.purpose === "live" ? <Answers {...loaded} at={shown} /> : null}</Live>
        <Live id="asked">
          <Asked life={life} />
        </Live>
        <Live id="life-part">
          <LifeOf id={id} life={life} policy={policy} before={wholeIn(c, "before")} />
        </Live>
        <Audit id={id} />
      </>,
    );
  });

  routes.get("/matches/:id/events", async (c) => {
    const id = c.req.param("id");
    const at = asOf();
    const messages = isMatchId(id) ? await fromLog(options, () => log.history({ root: "match", id })) : [];
    if (messages.length === 0) return unknown(c, id);
    return page(
      c,
      { title: `Events of ${id}`, section, follows: "none", asOf: at },
      <RawEvents id={id} messages={messages} from={wholeIn(c, "from") ?? 0} />,
    );
  });

  routes.get("/matches/:id/backfill", async (c) => {
    const id = c.req.param("id");
    if (!isKnown(id)) return unknown(c, id);
    return previews.show(c, wishOf(id), null);
  });
  routes.post("/matches/:id/backfill", async (c) => {
    const id = c.req.param("id");
    if (!isKnown(id)) return unknown(c, id);
    return previews.start(c, await readForm(c), () => wishOf(id));
  });

  routes.post("/matches/:id/retry", async (c) => {
    const id = c.req.param("id");
    if (!isKnown(id)) return unknown(c, id);
    const form = await readForm(c);
    const asked = { matchIds: [id], ...fields.given({ reason: reasonIn(form) }) };
    const { body } = await calls.retry(c, asked, callIdIn(form));
    if (body.requestId !== null) return c.redirect(`/requests/${body.requestId}`, 303);
    return page(
      c,
      { title: "Nothing was asked for", section, follows: "none" },
      <ResultList accepted={0} skipped={body.skipped} skippedTotal={body.skippedTotal} />,
    );
  });
  for (const [action, as] of [
    ["dismiss", "dismissed"],
    ["restore", "restored"],
  ] as const) {
    routes.post(`/matches/:id/${action}`, async (c) => {
      const id = c.req.param("id");
      if (!isKnown(id)) return unknown(c, id);
      const form = await readForm(c);
      const marking = { matchId: id, as, reason: reasonIn(form) ?? null };
      const { body } = await calls.mark(c, marking, callIdIn(form));
      return c.redirect(body.requestId === null ? `/matches/${id}` : `/requests/${body.requestId}`, 303);
    });
  }
  return routes;

  function isKnown(id: string): boolean {
    return isMatchId(id) && ask((it) => it.match(id)) !== null;
  }
}

/** The page is long; whoever knows what he looks for need not scroll. */
function Parts() {
  return (
    <nav class="badges" aria-label="On this page">
      {parts.map(([id, name]) => (
        <a href={`#${id}`}>{name}</a>
      ))}
    </nav>
  );
}

const parts = [
  ["due", "Stages"],
  ["answers", "Answers"],
  ["requests", "Requests"],
  ["life", "Life"],
  ["log", "Log"],
] as const;

/** A backfill of whatever this match lacks. */
function wishOf(id: string): Wish {
  const here = `/matches/${id}`;
  const what: Child = (
    <>
      What <code>{id}</code> lacks, run in hindsight.
    </>
  );
  return {
    section,
    what,
    body: { matchIds: [id] },
    from: here,
    preview: `${here}/backfill`,
    action: `${here}/backfill`,
    fields: {},
    reason: "",
  };
}

/** A number in the address that says where a page goes on; null where it says nothing. */
function wholeIn(c: Context<HttpEnv>, name: string): number | null {
  return fields.sequenceSchema.safeParse(c.req.query(name) || undefined).data ?? null;
}

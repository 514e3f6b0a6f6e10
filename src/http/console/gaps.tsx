import { Hono } from "hono";
import { z } from "zod";
import { readForm } from "../access/form.ts";
import * as fields from "../fields.ts";
import type { HttpEnv } from "../openapi.ts";
import { pageCursors } from "../page-cursor.ts";
import { Refused } from "../problem.ts";
import { backfillPreviews, type Wish } from "./backfill-preview.tsx";
import { type GapsLoaded, GapsView, gapsShown, GapsChosen } from "./components/gaps.tsx";
import { fitting, gapFilterSchema, type GapPage, gapPage } from "./gap-filter.ts";
import { createGapSurvey } from "./gap-survey.ts";
import type { Console } from "./page.tsx";
import { cursorIn, queryOf, readFields } from "./read-fields.ts";

/** What a backfill names at most. */
const namedMax = 1000;

const choiceSchema = gapFilterSchema.extend({
  /** Those that were ticked. */
  match: fields.matchIdSchema.array().max(namedMax).optional(),
  /** All that fit the filter, ticked or not. */
  all: z.literal("1").optional(),
});
type Choice = z.infer<typeof choiceSchema>;

/**
 * `GET /gaps`: what matches lack although they should have it by now. `GET /gaps/plan`: what a backfill would do about those
 * that are ticked, or all that fit. `POST /gaps/backfill` runs that.
 */
export function gapsPages(console: Console): Hono<HttpEnv> {
  const { options, ask, page, viewer } = console;
  const survey = createGapSurvey(options, console);
  const previews = backfillPreviews(console);

  async function wishOf(choice: Choice): Promise<Wish> {
    const { match, all, ...filter } = choice;
    const common = {
      section: "/gaps",
      from: "/gaps",
      preview: "/gaps/plan",
      action: "/gaps/backfill",
      reason: "",
    } as const;
    if (all === undefined) {
      if (match === undefined) throw new Refused(400, "tick at least one match, or take all that fit the filter");
      const what = <GapsChosen found={match.length} taken={match.length} filter={null} />;
      return { ...common, what, body: { matchIds: match }, fields: { match } };
    }
    const { gaps, asOf } = await survey();
    const found = fitting(gaps, filter);
    // A backfill can do nothing for what is still ahead: that must not take the room of what it can mend.
    const begun = ({ kickoffTime }: { kickoffTime: string }) => Date.parse(kickoffTime) <= asOf.now;
    const ids = [...found.filter(begun), ...found.filter((gap) => !begun(gap))].map(({ matchId }) => matchId);
    const matchIds = ids.slice(0, namedMax);
    const what = <GapsChosen found={ids.length} taken={matchIds.length} filter={filter} />;
    return { ...common, what, body: { matchIds }, fields: { ...filter, all: 1 } };
  }

  const routes = new Hono<HttpEnv>();
  routes.get("/gaps", async (c) => {
    const filter = readFields(gapFilterSchema, queryOf(c));
    const sealed = cursorIn(queryOf(c));
    const cursors = pageCursors("/gaps", filter);
    const { gaps, asOf } = await survey();
    const found = fitting(gaps, filter);
    const shown: GapPage = ask(() => gapPage(found, sealed === undefined ? null : cursors.open(sealed), gapsShown));
    const loaded: GapsLoaded = {
      ...shown,
      cursor: cursors.seal(shown.cursor),
      filter,
      total: gaps.length,
      found: found.length,
      all: gaps,
      first: sealed === undefined,
      now: asOf.now,
    };
    return page(c, { title: "Gaps", section: "/gaps", asOf }, <GapsView {...loaded} viewer={viewer(c)} />);
  });
  routes.get("/gaps/plan", async (c) => {
    const query = queryOf(c);
    const after = fields.matchIdSchema.safeParse(query.get("after")).data ?? null;
    return previews.show(c, await wishOf(readFields(choiceSchema, query, ["match"])), after);
  });
  // A stale plan is shown at this address: whoever asks for that again gets the list.
  routes.get("/gaps/backfill", (c) => c.redirect("/gaps", 303));
  routes.post("/gaps/backfill", async (c) => {
    const form = await readForm(c);
    return previews.start(c, form, () => wishOf(readFields(choiceSchema, form, ["match"])));
  });
  return routes;
}

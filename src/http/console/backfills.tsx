import { Hono } from "hono";
import { z } from "zod";
import type { Call } from "../../match/call.ts";
import { readForm } from "../access/form.ts";
import { shownRequest } from "../calls/shown-request.ts";
import * as fields from "../fields.ts";
import type { HttpEnv } from "../openapi.ts";
import { Refused } from "../problem.ts";
import { type BackfillChoice, backfillChoiceSchema, chosen, listFields } from "./backfill-choice.ts";
import { backfillPreviews, type Wish } from "./backfill-preview.tsx";
import { BackfillsChosen } from "./components/backfill-form.tsx";
import { BackfillsView } from "./components/backfills.tsx";
import type { Console } from "./page.tsx";
import { queryOf, readFields } from "./read-fields.ts";
import { reasonMax } from "./reason.ts";

const backfillsShown = 20;

const pageSchema = z.object({ before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional() });

/**
 * `GET /backfills`: the backfills so far, and a form for the next one. `GET /backfills/plan`: what one would do. `POST
 * /backfills` runs that.
 */
export function backfillsPages(console: Console): Hono<HttpEnv> {
  const { options, ask, page, viewer, asOf } = console;
  const previews = backfillPreviews(console);

  function earlier(id: string): Call & { requested: NonNullable<Call["requested"]> } {
    const call = ask((it) => it.call(id));
    if (call?.requested?.order.what !== "backfill") throw new Refused(404, "there is no such backfill");
    return { ...call, requested: call.requested };
  }

  function wishOf(choice: BackfillChoice): Wish {
    const { ids, match, ...rest } = choice;
    const before = choice.resume === undefined ? null : earlier(choice.resume);
    const meant = ask((it) => chosen(choice, before?.requested.order ?? null, it, options.clock.now()));
    return {
      section: "/backfills",
      what: <BackfillsChosen choice={choice} chosen={meant} earlier={before} />,
      body: meant.body,
      from: "/backfills",
      preview: "/backfills/plan",
      action: "/backfills",
      // In one field: ids by the hundred are as long in an address as they need to be.
      fields: { ...rest, ids: [...(ids ?? []), ...(match ?? [])].join(" ") || undefined },
      reason: before === null ? "" : reasonToResume(before),
    };
  }

  const routes = new Hono<HttpEnv>();
  routes.get("/backfills", (c) => {
    const at = asOf();
    const { before } = readFields(pageSchema, queryOf(c));
    const calls = ask((it) =>
      it
        .calls({ what: "backfill", limit: backfillsShown + 1, ...fields.given({ before }) })
        .map((call) => ({ sequence: call.requested?.sequence ?? 0, request: shownRequest(call, it) })),
    );
    const shown = calls.slice(0, backfillsShown);
    return page(
      c,
      { title: "Backfills", section: "/backfills", asOf: at },
      <BackfillsView
        backfills={shown.map(({ request }) => request)}
        first={before === undefined}
        next={calls.length > backfillsShown ? (shown.at(-1)?.sequence ?? null) : null}
        now={at.now}
        viewer={viewer(c)}
      />,
    );
  });
  routes.get("/backfills/plan", async (c) => {
    const query = queryOf(c);
    const after = fields.matchIdSchema.safeParse(query.get("after")).data ?? null;
    return previews.show(c, wishOf(readFields(backfillChoiceSchema, query, listFields)), after);
  });
  routes.post("/backfills", async (c) => {
    const form = await readForm(c);
    return previews.start(c, form, () => wishOf(readFields(backfillChoiceSchema, form, listFields)));
  });
  return routes;
}

/** Ties the new request to the old one in the log, where who looks at the history reads it. */
function reasonToResume({ id, requested }: { id: string; requested: { order: { reason: string | null } } }): string {
  const { reason } = requested.order;
  return `resumes ${id}${reason === null ? "" : `: ${reason}`}`.slice(0, reasonMax);
}

import { Hono } from "hono";
import { z } from "zod";
import * as fields from "../fields.ts";
import type { HttpEnv } from "../openapi.ts";
import { pageCursors } from "../page-cursor.ts";
import { FailureListView, listShown } from "./components/failure-list.tsx";
import { FailuresView } from "./components/failures.tsx";
import { failureFilterSchema, filterOf } from "./failure-choice.ts";
import { failureDeeds } from "./failure-deeds.tsx";
import { type FailureGroup, failureGroups } from "./failure-groups.ts";
import { createNewest } from "./newest.ts";
import type { Console } from "./page.tsx";
import { cursorIn, queryOf, readFields } from "./read-fields.ts";

const groupsSchema = z.object({
  stage: fields.stageSchema.optional(),
  category: fields.categorySchema.optional(),
  dismissed: z.literal("1").optional(),
});

/**
 * `GET /failures`: failures by category and cause. `GET /failures/matches`: those of one kind, match by match. What can be done
 * about them is in failure-deeds.tsx.
 */
export function failuresPages(console: Console): Hono<HttpEnv> {
  const { ask, askLong, page, viewer, asOf } = console;
  const section = "/failures";
  const groupsAt = createNewest<{ sequence: number; dismissed: boolean }, FailureGroup[]>(
    (known, wanted) => known.sequence === wanted.sequence && known.dismissed === wanted.dismissed,
  );

  const routes = new Hono<HttpEnv>();
  routes.get("/failures", async (c) => {
    const at = asOf();
    const { stage, category, ...shown } = readFields(groupsSchema, queryOf(c));
    const dismissed = shown.dismissed !== undefined;
    const all = await groupsAt({ sequence: at.sequence, dismissed }, () =>
      askLong((it) => failureGroups(it, dismissed)),
    );
    const groups = all.filter(
      (group) => (stage ?? group.stage) === group.stage && (category ?? group.category) === group.category,
    );
    return page(
      c,
      { title: "Failures", section, asOf: at },
      <FailuresView
        groups={groups}
        stage={stage}
        category={category}
        dismissed={dismissed}
        now={at.now}
        viewer={viewer(c)}
      />,
    );
  });
  routes.get("/failures/matches", async (c) => {
    const at = asOf();
    const asked = readFields(failureFilterSchema, queryOf(c));
    const cursors = pageCursors("/failures/matches", asked);
    const sealed = cursorIn(queryOf(c));
    const { failures, cursor } = ask((it) =>
      it.failurePage({
        ...filterOf(asked),
        limit: listShown,
        ...fields.given({ cursor: sealed === undefined ? undefined : cursors.open(sealed) }),
      }),
    );
    const alike = ask((it) => it.failureCounts(asked.dismissed !== undefined)).filter(
      (it) => it.stage === asked.stage && (asked.category === undefined || it.category === asked.category),
    );
    return page(
      c,
      { title: "Failures", section, asOf: at },
      <FailureListView
        failures={failures}
        asked={asked}
        total={asked.fingerprint === undefined ? alike.reduce((sum, { count }) => sum + count, 0) : null}
        first={sealed === undefined}
        cursor={cursors.seal(cursor)}
        now={at.now}
        viewer={viewer(c)}
      />,
    );
  });
  routes.route("/", failureDeeds(console));
  return routes;
}

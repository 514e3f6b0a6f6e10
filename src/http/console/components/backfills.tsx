import type { RequestAnswer } from "../../calls/shown-request.ts";
import { href } from "../path.ts";
import { reasonMax } from "../reason.ts";
import type { Viewer } from "../viewer.ts";
import { count, number } from "../words.ts";
import { BackfillForm } from "./backfill-form.tsx";
import { Action, Field } from "./form.tsx";
import { RequestBadge } from "./request-badge.tsx";
import { Empty, Live } from "./state.tsx";
import { Pager, Table } from "./table.tsx";
import { Text } from "./text.tsx";
import { Time } from "./time.tsx";

interface BackfillsProps {
  /** Newest first. */
  backfills: readonly RequestAnswer[];
  /** This is the first page. */
  first: boolean;
  /** Where the next page begins, null at the end. */
  next: number | null;
  now: number;
  viewer: Viewer;
}

/** The form that begins one, and those there have been: who asked, why, how far each has come. */
export function BackfillsView({ backfills, first, next, now, viewer }: BackfillsProps) {
  return (
    <>
      {viewer.mayOperate ? <BackfillForm /> : null}
      <h2>So far</h2>
      <Live id="backfills">
        {backfills.length === 0 && first ? (
          <Empty title="There has been no backfill">
            <p>What the last days lack is asked for in hindsight by one: a preview tells what that takes.</p>
          </Empty>
        ) : (
          <Table
            caption="Backfills, newest first"
            quiet
            rows={backfills}
            columns={[
              { head: "Backfill", header: true, cell: ({ id }) => <a href={`/requests/${id}`}>{id}</a> },
              { head: "State", cell: State },
              { head: "Progress", cell: Progress },
              { head: "Asked at", cell: ({ requestedAt }) => <Time at={Date.parse(requestedAt)} now={now} /> },
              {
                head: "By",
                cell: ({ by }) => (
                  <span class="who">
                    <Text value={by} max={60} />
                  </span>
                ),
              },
              {
                head: "Why",
                cell: ({ reason }) =>
                  reason === null ? (
                    "no reason given"
                  ) : (
                    <span class="words">
                      <Text value={reason} max={120} />
                    </span>
                  ),
              },
              ...(viewer.mayOperate
                ? [{ head: "Action", cell: (it: RequestAnswer) => <What backfill={it} viewer={viewer} /> }]
                : []),
            ]}
            empty="No more backfills."
          />
        )}
        <Pager first={first ? null : "/backfills"} next={next === null ? null : href("/backfills", { before: next })} />
      </Live>
    </>
  );
}

function State({ state, cancelledBy }: RequestAnswer) {
  return (
    <>
      <RequestBadge state={state} />
      {cancelledBy === null ? null : (
        <>
          {" "}
          by <Text value={cancelledBy} max={60} />
        </>
      )}
    </>
  );
}

function Progress({ id, total, done, failed, cancelled }: RequestAnswer) {
  const ended = done + failed + cancelled;
  const parts = [
    `${number(done)} of ${number(total)} done`,
    ...(failed > 0 ? [`${number(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${number(cancelled)} cancelled`] : []),
  ];
  return (
    <>
      <progress max={Math.max(1, total)} value={total === 0 ? 1 : ended} aria-label={`How much of ${id} has ended`} />
      <br />
      {parts.join(", ")}
    </>
  );
}

function What({ backfill, viewer }: { backfill: RequestAnswer; viewer: Viewer }) {
  const { id, state, running } = backfill;
  if (state === "cancelled" || state === "partly") {
    return (
      <a href={href("/backfills/plan", { resume: id })} aria-label={`Resume ${id}`}>
        Resume
      </a>
    );
  }
  if (state !== "starting" && state !== "running") return null;
  return (
    <Action
      id={`cancel-${id}`}
      // A cancel is one whatever its form is called: so the part stays as it is while nothing changes.
      viewer={{ ...viewer, newCallId: () => id }}
      action={`/requests/${id}/cancel`}
      label="Cancel the backfill"
      danger
      confirm={
        <>
          <p>What is under way ends by itself; {count(running, "match", "matches")} may be taken back.</p>
          <Field name="reason" label="Reason (kept in the log)" maxlength={reasonMax} />
        </>
      }
    />
  );
}

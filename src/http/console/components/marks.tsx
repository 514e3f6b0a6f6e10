import type { Marks } from "../mark-all.ts";
import { reasonMax } from "../reason.ts";
import type { Viewer } from "../viewer.ts";
import { count, number } from "../words.ts";
import { Action, Field } from "./form.tsx";
import { MatchLinks } from "./plan.tsx";
import { ResultList } from "./results.tsx";
import { Empty } from "./state.tsx";

type As = "dismissed" | "restored";

interface MarkPreviewProps {
  as: As;
  ids: readonly string[];
  /** There are others besides, which are not among these. */
  more: boolean;
  viewer: Viewer;
}

/** Which failed settlements leave the lists, or come back to them, and a button that does so. */
export function MarkPreview({ as, ids, more, viewer }: MarkPreviewProps) {
  if (ids.length === 0) return <Empty title={`There is nothing to ${as === "dismissed" ? "dismiss" : "put back"}`} />;
  const those = count(ids.length, "failed settlement");
  return (
    <>
      <p>
        {those}
        {more ? `: ${number(ids.length)} at a time. Start it again for the others.` : "."} 0 model calls, no cost.
      </p>
      {as === "dismissed" ? (
        <Action
          id="dismiss"
          viewer={viewer}
          action="/failures/dismiss"
          label={`Dismiss ${those}`}
          fields={{ match: ids }}
          danger
          confirm={<p>They leave the lists and are counted nowhere. The log keeps them, and this can be undone.</p>}
        >
          <Field name="reason" label="Reason (needed; kept in the log)" required maxlength={reasonMax} />
        </Action>
      ) : (
        <Action
          id="restore"
          viewer={viewer}
          action="/failures/restore"
          label={`Put ${those} back`}
          fields={{ match: ids }}
          confirm={<p>They stand in the lists again, and count.</p>}
        >
          <Field name="reason" label="Reason (kept in the log)" maxlength={reasonMax} />
        </Action>
      )}
      <MatchLinks ids={ids} />
    </>
  );
}

/** What came of it, match by match; a dismissal can be undone on the spot. */
export function MarkResults({ as, accepted, skipped, viewer }: Marks & { as: As; viewer: Viewer }) {
  return (
    <>
      <ResultList accepted={accepted.length} skipped={skipped} skippedTotal={skipped.length} />
      <MatchLinks ids={accepted} />
      {as === "dismissed" && accepted.length > 0 ? (
        <Action
          id="undo"
          viewer={viewer}
          action="/failures/restore"
          label={`Undo: put ${count(accepted.length, "settlement")} back`}
          fields={{ match: accepted }}
        />
      ) : null}
      <p>
        <a href="/failures">Failures</a>, <a href="/failures?dismissed=1">those dismissed</a>
      </p>
    </>
  );
}

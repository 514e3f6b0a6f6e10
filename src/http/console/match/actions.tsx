import { type BackfillScope, lackOf, reasonsToSkip } from "../../../match/backfill.ts";
import type { Match } from "../../../match/match.ts";
import { markingOf, retryOf } from "../../../match/orders.ts";
import { Action, Field } from "../components/form.tsx";
import type { Viewer } from "../viewer.ts";

interface ActionsProps {
  match: Match;
  viewer: Viewer;
  scope: Omit<BackfillScope, "stages">;
}

/** What an operator can do about one match as it stands: nothing that would be refused. */
export function Actions({ match, viewer, scope }: ActionsProps) {
  if (!viewer.mayOperate) return null;
  const here = `/matches/${match.id}`;
  const lack = lackOf(match, { ...scope, stages: null });
  const canRetry = retryOf(match, null) === "accepted";
  const canDismiss = markingOf(match, "dismissed") === "accepted";
  const canRestore = markingOf(match, "restored") === "accepted";
  if (typeof lack === "string" && lack !== "under way" && !canRetry && !canDismiss && !canRestore) return null;
  return (
    <section class="actions" aria-label="What can be done">
      {typeof lack === "string" ? (
        lack === "under way" ? (
          <p class="quiet">No backfill now: {reasonsToSkip[lack]}.</p>
        ) : null
      ) : (
        <p>
          <a class="button" href={`${here}/backfill`}>
            Backfill what it lacks
          </a>
        </p>
      )}
      {canRetry ? (
        <Action
          id="retry"
          viewer={viewer}
          action={`${here}/retry`}
          label="Retry its settlement"
          confirm={<p>Its settlement is asked for again, from the answers it has. No model is called.</p>}
        >
          <Field name="reason" label="Reason (kept in the log)" maxlength={300} />
        </Action>
      ) : null}
      {canDismiss ? (
        <Action
          id="dismiss"
          viewer={viewer}
          action={`${here}/dismiss`}
          label="Dismiss this failure"
          danger
          confirm={<p>The match leaves the list of failures unsettled. It stays in the log, and this can be undone.</p>}
        >
          <Field name="reason" label="Why (needed, kept in the log)" required maxlength={300} />
        </Action>
      ) : null}
      {canRestore ? (
        <Action id="restore" viewer={viewer} action={`${here}/restore`} label="Put it back on the list of failures">
          <Field name="reason" label="Reason (kept in the log)" maxlength={300} />
        </Action>
      ) : null}
    </section>
  );
}

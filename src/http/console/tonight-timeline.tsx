import type { Policy } from "../../match/policy.ts";
import { SeverityBadge, StageBadge, stageLook } from "./components/badge.tsx";
import { Text } from "./components/text.tsx";
import { Time } from "./components/time.tsx";
import { Told } from "./components/told.tsx";
import { href } from "./path.ts";
import type { TonightMatch } from "./tonight-rows.ts";
import { count } from "./words.ts";

interface TimelineProps {
  rows: readonly TonightMatch[];
  now: number;
  policy: Policy;
  /** So many of those that are fine are shown, and of those that lack something; the others are said in a line. */
  fineMax: number;
  lackingMax: number;
  label: string;
}

/** Matches by kick-off, each with its stages; one that lacks something says what, why, and what comes next. */
export function Timeline({ rows, now, policy, fineMax, lackingMax, label }: TimelineProps) {
  let [fine, lacking] = [0, 0];
  const shown = rows.filter(({ gap }) => (gap === null ? (fine += 1) <= fineMax : (lacking += 1) <= lackingMax));
  return (
    <>
      {shown.length === 0 ? null : (
        <ol class="timeline" aria-label={label}>
          {shown.map((row) => (
            <Entry row={row} now={now} policy={policy} />
          ))}
        </ol>
      )}
      {lacking <= lackingMax ? null : (
        <p>
          <a href="/gaps">{count(lacking - lackingMax, "more match", "more matches")} with a gap</a>
        </p>
      )}
      {fine <= fineMax ? null : (
        <p class="quiet">
          {count(fine - fineMax, "more match", "more matches")} without a gap:{" "}
          <a href={href("/matches", spanOf(rows))}>see all of these hours</a>
        </p>
      )}
    </>
  );
}

function spanOf(rows: readonly TonightMatch[]) {
  const [first, last] = [rows[0]?.match.kickoff ?? 0, rows.at(-1)?.match.kickoff ?? 0];
  return { from: new Date(first).toISOString(), to: new Date(last).toISOString() };
}

function Entry({ row: { match, stages, gap }, now, policy }: { row: TonightMatch; now: number; policy: Policy }) {
  return (
    <li class={gap === null ? "" : `lacks ${gap.severity}`} data-row="">
      <div class="when">
        <Time at={match.kickoff} now={now} />
      </div>
      <div class="what">
        <p>
          <a href={`/matches/${match.id}`}>
            <Text value={match.home.name} max={60} /> – <Text value={match.away.name} max={60} />
          </a>
          {match.status === "scheduled" ? null : <span class="quiet"> {match.status}</span>}
        </p>
        <p class="badges">
          {gap === null ? null : <SeverityBadge severity={gap.severity} />}
          {stages.map((it) => (
            <StageBadge stage={it.stage} look={stageLook(it, now, policy.budget[it.stage])} />
          ))}
        </p>
        {gap === null ? null : (
          <p>
            <Text value={gap.reason} /> <span class="quiet">Next:</span> <Told value={gap.nextAction} />
          </p>
        )}
      </div>
    </li>
  );
}

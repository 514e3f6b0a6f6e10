import { stageNames } from "../../../match/stage-names.ts";
import { gapOf } from "../../../match/coverage.ts";
import { type Stage, stages } from "../../../match/event.ts";
import type { Failure, Match } from "../../../match/match.ts";
import type { Policy } from "../../../match/policy.ts";
import { Badge, categoryMeanings, SeverityBadge } from "../components/badge.tsx";
import { Empty, Fact, Facts, Notice } from "../components/state.tsx";
import { Text, visible } from "../components/text.tsx";
import { Time } from "../components/time.tsx";
import { Told } from "../components/told.tsx";
import { duration, number } from "../words.ts";
import { scoreOf, statusTones } from "./score.ts";

/** `Arsenal – Chelsea`, or the id of a match that nobody has scheduled. */
export function titleOf({ id, fixture }: Match): string {
  if (fixture === null) return id;
  const name = (of: "home" | "away") => shortened(visible(fixture.teams[of].name));
  return `${name("home")} – ${name("away")}`;
}

function shortened(name: string): string {
  return name.length > nameMax ? `${name.slice(0, nameMax)}…` : name;
}

const nameMax = 40;

/** What the match is, how it stands, and what is wrong with it. */
export function Overview({ match, policy, now }: { match: Match; policy: Policy; now: number }) {
  const { id, fixture, result, settlement, round, version } = match;
  if (fixture === null) {
    return (
      <Empty title="Nobody has scheduled this match">
        <p>There are messages under its id and no fixture among them: the raw events tell what they are.</p>
      </Empty>
    );
  }
  const gap = gapOf(match, now, policy);
  return (
    <>
      <p class="badges">
        <Badge tone={statusTones[fixture.status]} word={fixture.status} />
        {fixture.purpose === "history" ? <Badge tone="quiet" word="history" /> : null}
        {settlement === null ? null : (
          <Badge
            tone={settlement.void === null ? "good" : "quiet"}
            word={settlement.void === null ? "settled" : `void: ${settlement.void.reason}`}
          />
        )}
        {match.retro === null ? null : <Badge tone="busy" word="a backfill is under way" />}
        {gap === null ? null : <SeverityBadge severity={gap.severity} />}
      </p>
      {gap === null ? null : (
        <Notice
          tone={gap.severity === "critical" || gap.severity === "missed" ? "bad" : "warning"}
          title={`Missing for ${duration(now - gap.dueSince)}: ${gap.missing.map((it) => stageNames[it]).join(", ")}`}
        >
          <p>
            <Text value={gap.reason} />. Next: <Told value={gap.nextAction} />
          </p>
        </Notice>
      )}
      {stages.map((stage) => {
        const { failure } = match.stages[stage];
        return failure === null ? null : <FailureNotice stage={stage} failure={failure} now={now} />;
      })}
      <Facts>
        <Fact name="Kick-off">
          <Time at={fixture.kickoff} now={now} />
          {fixture.timeAssumed ? <span class="quiet"> (time assumed)</span> : null}
        </Fact>
        {result === null ? null : (
          <Fact name="Result">
            {scoreOf(result.score.regular)}
            {result.how === "regular" ? "" : `, ${result.how}`}
          </Fact>
        )}
        <Fact name="Competition">
          <Text value={fixture.competition} max={60} /> <Text value={fixture.season} max={30} />
        </Fact>
        {fixture.matchday === null ? null : (
          <Fact name="Matchday">
            <Text value={fixture.matchday} max={60} />
          </Fact>
        )}
        {round.number === 1 ? null : <Fact name="Round">{number(round.number)}</Fact>}
        <Fact name="Source">
          <Text value={fixture.source.name} max={40} /> <Text value={fixture.source.ref} max={60} />
        </Fact>
        <Fact name="Match id">
          <code>{id}</code>
        </Fact>
        <Fact name="Newest event">#{number(version)}</Fact>
        {match.ignored.length === 0 ? null : (
          <Fact name="Changed nothing">{number(match.ignored.length)} of its events</Fact>
        )}
      </Facts>
    </>
  );
}

function FailureNotice({ stage, failure, now }: { stage: Stage; failure: Failure; now: number }) {
  const { category, reason, fingerprint, attempt, of, retryAt, dismissed, time, sequence } = failure;
  const isOver = retryAt === null;
  const title = `${nameOf(stage)} ${isOver ? "given up" : "failed, and is tried again"}: ${category}`;
  return (
    <Notice tone={isOver && dismissed === null ? "bad" : "warning"} title={title}>
      <p>
        <Text value={reason} />
      </p>
      <p>
        {categoryMeanings[category]}. Attempt {attempt} of {of}, <Time at={time} />, event #{sequence}; fingerprint{" "}
        <Text value={fingerprint} max={80} />.{" "}
        {retryAt === null ? null : (
          <>
            Again at <Time at={retryAt} now={now} />.
          </>
        )}
      </p>
      {dismissed === null ? null : (
        <p>
          Dismissed by <Text value={dismissed.by} max={80} />: <Text value={dismissed.reason} />
        </p>
      )}
    </Notice>
  );
}

function nameOf(stage: Stage): string {
  const name = stageNames[stage];
  return name.charAt(0).toUpperCase() + name.slice(1);
}

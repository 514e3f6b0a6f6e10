import type { Policy } from "../../../match/policy.ts";
import type { TonightMatch } from "../tonight-rows.ts";
import { Badge, SeverityBadge, StageBadge, type StageLook, stageLook } from "./badge.tsx";

interface WorkProps {
  row: TonightMatch;
  now: number;
  policy: Policy;
}

const moving: ReadonlySet<StageLook> = new Set(["in flight", "due", "late", "failed, retrying"]);

/** How far the pipeline has come with a match, in the words that Tonight has for it: what it lacks, else what is being done. */
export function Work({ row: { match, stages, gap }, now, policy }: WorkProps) {
  const { purpose, failed, settlement, covered, analysed } = match;
  if (purpose === "history") return <Badge tone="quiet" word="history" />;
  const looks = stages.map(({ stage, ...it }) => ({ stage, look: stageLook(it, now, policy.budget[stage]) }));
  if (gap !== null) {
    return (
      <span class="badges">
        <SeverityBadge severity={gap.severity} />
        {looks
          .filter(({ stage }) => gap.missing.includes(stage))
          .map((it) => (
            <StageBadge {...it} />
          ))}
      </span>
    );
  }
  if (settlement === "void") return <Badge tone="quiet" word="void" />;
  if (settlement === "settled") return <Badge tone="good" word="settled" />;
  if (failed) return <Badge tone="bad" word="a stage was given up" />;
  const underWay = looks.filter(({ look }) => moving.has(look));
  if (underWay.length > 0) {
    return (
      <span class="badges">
        {underWay.map((it) => (
          <StageBadge {...it} />
        ))}
      </span>
    );
  }
  if (covered) return <Badge tone="good" word="covered" />;
  return <Badge tone="waiting" word={analysed ? "analysed" : "nothing due yet"} />;
}

import type { Category, Severity, Stage } from "../../../match/event.ts";
import { stageNames } from "../../../match/stage-names.ts";
import type { StageStatus } from "../../../projections/stages.ts";

/** How grave something is; each kind has a shape of its own beside its colour. */
export type Tone = "good" | "busy" | "waiting" | "warning" | "bad" | "quiet";

const shapes: Readonly<Record<Tone, string>> = {
  good: "✓",
  busy: "◐",
  waiting: "○",
  warning: "▲",
  bad: "✕",
  quiet: "–",
};

/** A shape and a word. */
export function Badge({ tone, word, title }: { tone: Tone; word: string; title?: string }) {
  return (
    <span class={`badge ${tone}`} title={title}>
      <span aria-hidden="true">{shapes[tone]}</span> <span>{word}</span>
    </span>
  );
}

const severities: Readonly<Record<Severity, Tone>> = {
  critical: "bad",
  warning: "warning",
  info: "waiting",
  missed: "bad",
};

export function SeverityBadge({ severity }: { severity: Severity }) {
  return <Badge tone={severities[severity]} word={severity} />;
}

/** What a stage looks like at an instant. */
export type StageLook =
  | "done"
  | "done late"
  | "in flight"
  | "due"
  | "late"
  | "failed, retrying"
  | "given up"
  | "missed"
  | "not due";

const looks: Readonly<Record<StageLook, Tone>> = {
  done: "good",
  "done late": "warning",
  "in flight": "busy",
  due: "busy",
  late: "bad",
  "failed, retrying": "warning",
  "given up": "bad",
  missed: "bad",
  "not due": "waiting",
};

/** `graceMs`: what a stage that has fallen due may take before it is late. */
export function stageLook(
  row: { state: StageStatus; dueAt: number | null; lateMs: number },
  now: number,
  graceMs: number,
): StageLook {
  switch (row.state) {
    case "done":
      return row.lateMs > graceMs ? "done late" : "done";
    case "requested":
      return "in flight";
    case "waiting":
      return "failed, retrying";
    case "failed":
      return "given up";
    case "missed":
      return "missed";
    case "open":
      if (row.dueAt === null || row.dueAt > now) return "not due";
      return now - row.dueAt > graceMs ? "late" : "due";
  }
}

export function StageBadge({ stage, look }: { stage: Stage; look: StageLook }) {
  return <Badge tone={looks[look]} word={`${stageNames[stage]} ${look}`} />;
}

export const categoryMeanings: Readonly<Record<Category, string>> = {
  transient: "network, server error or time-out: tried again by itself",
  "rate-limited": "the source or model said when to come back",
  budget: "the daily quota is spent",
  "no-data-yet": "not there yet",
  permanent: "refused: new input or an operator's word is needed",
  bug: "our handler threw something unforeseen",
  crash: "the process died with it, alone, again and again",
  missed: "kick-off passed with the stage open: only a backfill can mend it",
  "no-predictions": "there is nothing to settle: no model answered",
};

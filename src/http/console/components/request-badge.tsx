import type { RequestAnswer } from "../../calls/shown-request.ts";
import { Badge, type Tone } from "./badge.tsx";

type State = RequestAnswer["state"];

const tones: Readonly<Record<State, Tone>> = {
  starting: "busy",
  running: "busy",
  done: "good",
  partly: "warning",
  failed: "bad",
  cancelled: "quiet",
};

/** How far something is that an operator asked for. */
export function RequestBadge({ state }: { state: State }) {
  return <Badge tone={tones[state]} word={state} />;
}

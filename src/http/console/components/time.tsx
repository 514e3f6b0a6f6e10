import { relative } from "../words.ts";

/**
 * An instant, `2017-01-14 15:00 UTC`. In a browser console.js puts the reader's own zone there, and the UTC beside it: both
 * slots have their room from the start, so nothing moves. `now`: says how far away it is, too.
 */
export function Time({ at, now }: { at: number | null; now?: number }) {
  if (at === null) return <span class="quiet">–</span>;
  const iso = new Date(at).toISOString();
  return (
    <time datetime={iso}>
      <span class="time-local">{iso.slice(0, 16).replace("T", " ")}</span> <span class="time-utc">UTC</span>
      {now === undefined ? null : <span class="time-away"> {relative(at, now)}</span>}
    </time>
  );
}

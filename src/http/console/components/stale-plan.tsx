import { Differences } from "../problem-page.tsx";
import { Notice } from "./state.tsx";

/** Over a plan that replaces the one somebody confirmed: what has changed. Nothing without differences. */
export function StalePlan({ differences }: { differences: readonly string[] }) {
  if (differences.length === 0) return null;
  return (
    <>
      <Notice tone="bad" title="Nothing was done: the plan you saw is no longer what would run">
        <p>Below is what has changed, and the plan as it is now.</p>
      </Notice>
      <Differences differences={differences} />
      <h2>What would run now</h2>
    </>
  );
}

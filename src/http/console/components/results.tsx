import { count, number } from "../words.ts";
import { Notice } from "./state.tsx";
import { Pager, Table } from "./table.tsx";
import { Text } from "./text.tsx";

/** What came of a bulk action, match by match. */
export interface Results {
  /** How many got a request. */
  accepted: number;
  /** Those listed; `skippedTotal` counts all. */
  skipped: readonly LeftOut[];
  skippedTotal: number;
  /** Where all of them are listed, page by page. */
  rest?: string;
}

interface LeftOut {
  matchId: string;
  why: string;
}

/** Named of each reason: a thousand names would be most of the page, and nobody reads them there. */
const namedMax = 20;
/** Reasons told apart. They are a handful; were they ever as many as matches, the page must not be as long. */
const reasonsMax = 12;

/** `38 accepted, 3 already done, 2 not finished: which`. */
export function ResultList({ accepted, skipped, skippedTotal, rest }: Results) {
  const groups = groupsOf(skipped);
  const parts = [`${number(accepted)} accepted`, ...groups.map(([why, those]) => `${number(those.length)} ${why}`)];
  const some = groups.some(([, those]) => those.length > namedMax) || skippedTotal > skipped.length;
  return (
    <Notice tone={accepted > 0 ? "good" : "warning"} title={parts.join(", ")}>
      {groups.map(([why, those]) => (
        <details>
          <summary>
            {count(those.length, "match", "matches")}: {why}
          </summary>
          <ul>
            {those.slice(0, namedMax).map(({ matchId }) => (
              <li>
                <MatchLink id={matchId} />
              </li>
            ))}
            {those.length > namedMax ? <li>and {number(those.length - namedMax)} more</li> : null}
          </ul>
        </details>
      ))}
      {skippedTotal > skipped.length ? <p>{number(skippedTotal - skipped.length)} more were left out.</p> : null}
      {some && rest !== undefined ? (
        <p>
          <a href={rest}>Each match that was left out, and why</a>
        </p>
      ) : null}
    </Notice>
  );
}

interface LeftOutTableProps extends Pick<Results, "skipped" | "skippedTotal"> {
  /** Index of the first one shown. */
  from: number;
  path: string;
}

const rowsMax = 100;

/** All that were left out, as many as fit a page. */
export function LeftOutTable({ skipped, skippedTotal, from, path }: LeftOutTableProps) {
  const rows = skipped.slice(from, from + rowsMax);
  const next = from + rowsMax;
  const unlisted = skippedTotal - skipped.length;
  return (
    <>
      <Table
        caption={`${count(skippedTotal, "match", "matches")} left out; here ${number(from + 1)} to ${number(from + rows.length)}`}
        rows={rows}
        columns={[
          { head: "Match", header: true, cell: ({ matchId }) => <MatchLink id={matchId} /> },
          { head: "Why", cell: ({ why }) => <Text value={why} max={120} /> },
        ]}
        empty="No more matches."
      />
      {unlisted > 0 && next >= skipped.length ? (
        <p>
          {number(unlisted)} more were left out; a call keeps the names of the first {number(skipped.length)}.
        </p>
      ) : null}
      <Pager first={from === 0 ? null : path} next={next < skipped.length ? `${path}?from=${next}` : null} />
    </>
  );
}

function MatchLink({ id }: { id: string }) {
  return (
    <a href={`/matches/${encodeURIComponent(id)}`}>
      <Text value={id} />
    </a>
  );
}

function groupsOf(skipped: readonly LeftOut[]): [why: string, those: LeftOut[]][] {
  const groups = new Map<string, LeftOut[]>();
  for (const it of skipped) {
    const why = groups.has(it.why) || groups.size < reasonsMax ? it.why : "for other reasons";
    const those = groups.get(why);
    if (those === undefined) groups.set(why, [it]);
    else those.push(it);
  }
  return [...groups];
}

import type { MatchEvent } from "../../../match/event.ts";
import type { Moment } from "../../../projections/timeline.ts";
import { Empty } from "../components/state.tsx";
import { Table } from "../components/table.tsx";
import { Text } from "../components/text.tsx";
import { Time } from "../components/time.tsx";
import { Told } from "../components/told.tsx";
import { count } from "../words.ts";
import { described } from "./described.ts";
import type { Life } from "./loaded.ts";

const asksShown = 15;

/** What was asked for, by whom, and what came of it. */
export function Asked({ life }: { life: Life | null }) {
  if (life === null) {
    return (
      <section id="requests">
        <h2>Requests and attempts</h2>
        <Empty title="Who asked for what is in the log, which does not answer" />
      </section>
    );
  }
  const asks = life.moments.filter(({ event }) => event !== null && isAsk(event));
  const shown = asks.slice(-asksShown).toReversed();
  const answers = answersByCause(life.moments);
  const older = asks.length - shown.length;
  return (
    <section id="requests">
      <h2>Requests and attempts</h2>
      <Table
        caption={`${count(asks.length, "request")}, newest first${older === 0 ? "" : `; ${older} older ones are in the life below`}`}
        rows={shown}
        columns={[
          { head: "Event", header: true, cell: ({ message }) => `#${message.sequence}` },
          { head: "At", cell: ({ event, message }) => <Time at={event?.time ?? message.storedAt} /> },
          { head: "What", cell: ({ event }) => (event === null ? "" : <What event={event} />) },
          {
            head: "By",
            cell: ({ event }) => (
              <span class="words">
                <Text value={event?.actor ?? ""} max={80} />
              </span>
            ),
          },
          { head: "From", numeric: true, cell: ({ cause }) => (cause === null ? "–" : `#${cause}`) },
          {
            head: "What came of it",
            cell: ({ message, ignored }) => {
              if (ignored !== null) return <span class="quiet">changed nothing</span>;
              const those = answers.get(message.sequence) ?? [];
              return those.length === 0 ? <span class="quiet">nothing yet</span> : those.slice(-6).join(", ");
            },
          },
        ]}
        empty="Nothing has been asked for."
      />
    </section>
  );
}

function What({ event }: { event: MatchEvent }) {
  const { what, detail } = described(event);
  return (
    <>
      {what}:{" "}
      <span class="words">
        <Told value={detail} max={160} />
      </span>
    </>
  );
}

function isAsk({ type }: MatchEvent): boolean {
  return type.endsWith(".requested") || type === "match.retro.cancelled" || type.startsWith("match.failure.");
}

function answersByCause(moments: readonly Moment[]): Map<number, string[]> {
  const answers = new Map<number, string[]>();
  for (const { event, cause, message } of moments) {
    if (event === null || cause === null) continue;
    answers.set(cause, [...(answers.get(cause) ?? []), `${described(event).what} #${message.sequence}`]);
  }
  return answers;
}

import type { MatchEvent, Stage } from "../../../match/event.ts";
import type { Policy } from "../../../match/policy.ts";
import type { Moment } from "../../../projections/timeline.ts";
import { Badge, type Tone } from "../components/badge.tsx";
import { Empty, Notice } from "../components/state.tsx";
import { Text } from "../components/text.tsx";
import { Time } from "../components/time.tsx";
import { Told } from "../components/told.tsx";
import { href } from "../path.ts";
import { count, duration, number } from "../words.ts";
import { described } from "./described.ts";
import type { Life } from "./loaded.ts";
import { graceOf } from "./grace.ts";

const momentsShown = 30;

interface LifeProps {
  id: string;
  life: Life | null;
  policy: Policy;
  /** Shows what came before this sequence; null: the newest. */
  before: number | null;
}

/** Everything that happened to the match, newest first: what, by whom, from what cause, how late. */
export function LifeOf({ id, life, policy, before }: LifeProps) {
  if (life === null) {
    return (
      <section id="life">
        <h2>Life</h2>
        <Empty title="The log does not answer">
          <p>What happened to this match, one by one, is told from the log: it comes back with it.</p>
        </Empty>
      </section>
    );
  }
  const all = before === null ? life.moments : life.moments.filter(({ message }) => message.sequence < before);
  const page = all.slice(-momentsShown).toReversed();
  const oldest = page.at(-1)?.message.sequence ?? 0;
  const here = `/matches/${id}`;
  return (
    <section id="life">
      <h2>Life</h2>
      {life.newer === 0 ? null : (
        <Notice tone="warning" title={`${count(life.newer, "newer message")} in the log`}>
          <p>The read model has not come to them yet, and nothing of them is on this page.</p>
        </Notice>
      )}
      <p class="quiet">{count(life.moments.length, "message")}, newest first.</p>
      <ol class="life" reversed>
        {page.map((moment) => (
          <MomentItem id={id} moment={moment} policy={policy} />
        ))}
      </ol>
      {before === null && all.length <= momentsShown ? null : (
        <nav class="pager" aria-label="Pages of its life">
          {before === null ? null : <a href={`${here}#life`}>Newest</a>}
          {all.length > page.length ? (
            <a href={`${href(here, { before: oldest })}#life`}>{number(all.length - page.length)} earlier</a>
          ) : (
            <span class="quiet">Here it begins</span>
          )}
        </nav>
      )}
    </section>
  );
}

function MomentItem({ id, moment, policy }: { id: string; moment: Moment; policy: Policy }) {
  const { message, event, cause, ignored } = moment;
  const { sequence } = message;
  const raw = <a href={href(`/matches/${id}/events`, { from: sequence })}>#{sequence}</a>;
  if (event === null) {
    const { code, text } = message.undecodable ?? { code: "not-an-event", text: "no event of a match" };
    return (
      <li id={`e${sequence}`} data-row="" class="bad">
        <Time at={message.storedAt} /> <Badge tone="bad" word={`unreadable: ${code}`} /> <Text value={text} max={200} />{" "}
        <span class="quiet">stored then · {raw}</span>
      </li>
    );
  }
  const { what, detail } = described(event);
  return (
    <li id={`e${sequence}`} data-row="" class={toneOf(event, ignored)}>
      <Time at={event.time} /> <strong>{what}</strong> <Told value={detail} max={420} />{" "}
      <Late {...moment} policy={policy} />
      {ignored === null ? null : (
        <>
          <Badge tone="warning" word="changed nothing" /> <Text value={ignored} max={200} />
        </>
      )}{" "}
      <span class="quiet">
        by <Text value={event.actor} max={80} /> · {raw}
        {cause === null ? null : (
          <>
            {" "}
            from <a href={`#e${cause}`}>#{cause}</a>
          </>
        )}
      </span>
    </li>
  );
}

/** Said of every answer that came after its stage fell due; flagged beyond what a stage may take. */
function Late({ event, lateMs, policy }: Pick<Moment, "event" | "lateMs"> & { policy: Policy }) {
  const stage = event === null ? null : answered(event);
  if (stage === null || lateMs === null) return null;
  if (lateMs < 1000) return <Badge tone="good" word="in time" />;
  const word = `${duration(lateMs)} after due`;
  return lateMs > graceOf(stage, policy) ? <Badge tone="warning" word={word} /> : <span class="quiet">{word}</span>;
}

function answered({ type }: MatchEvent): Stage | null {
  if (type === "match.analysed") return "analyse";
  if (type === "match.lineups") return "lineups";
  if (type === "match.predicted") return "predict";
  return type === "match.settled" ? "settle" : null;
}

function toneOf({ type, data }: MatchEvent, ignored: string | null): Tone {
  if (ignored !== null) return "quiet";
  if (type === "match.failed") return "retryAt" in data && data.retryAt === null ? "bad" : "warning";
  if (type === "match.gap.raised" || type === "match.request.rejected") return "warning";
  if (type.endsWith(".requested")) return "busy";
  return type === "match.scheduled" || type.startsWith("match.failure.") ? "waiting" : "good";
}

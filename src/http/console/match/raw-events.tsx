import type { LogMessage } from "../../../events/log.ts";
import { Badge } from "../components/badge.tsx";
import { Empty } from "../components/state.tsx";
import { Text, visible } from "../components/text.tsx";
import { Time } from "../components/time.tsx";
import { href } from "../path.ts";
import { count, number } from "../words.ts";

/** Of HTML: a wave of 42 answers is whole, and a page of the largest events stays below 100 kB. */
const bodyMax = 24_000;
const pageMax = 70_000;
const eventsMax = 25;

interface RawEventsProps {
  id: string;
  /** All of them, ascending by sequence. */
  messages: readonly LogMessage[];
  /** Shows those from this sequence on. */
  from: number;
}

/** Every message of a match as it is stored, in the order of the log. */
export function RawEvents({ id, messages, from }: RawEventsProps) {
  const rest = messages.filter(({ sequence }) => sequence >= from);
  const shown = pageOf(rest);
  const next = rest[shown.length]?.sequence;
  const here = `/matches/${id}/events`;
  return (
    <>
      <p>
        <a href={`/matches/${id}`}>Back to the match</a>
      </p>
      <p class="quiet">
        {count(messages.length, "message")} under <code>{`match.${id}.>`}</code>; here {count(shown.length, "message")},
        by sequence.
      </p>
      {shown.length === 0 ? <Empty title="No message from that sequence on" /> : null}
      {shown.map(({ message, text, whole }) => (
        <RawEvent id={id} message={message} text={text} whole={whole} />
      ))}
      {from === 0 && next === undefined ? null : (
        <nav class="pager" aria-label="Pages">
          {from === 0 ? null : <a href={here}>First events</a>}
          {next === undefined ? (
            <span class="quiet">End of the list</span>
          ) : (
            <a href={href(here, { from: next })} rel="next">
              {number(rest.length - shown.length)} more
            </a>
          )}
        </nav>
      )}
    </>
  );
}

interface Shown {
  message: LogMessage;
  text: string;
  whole: boolean;
}

function pageOf(messages: readonly LogMessage[]): Shown[] {
  const shown: Shown[] = [];
  let size = 0;
  for (const message of messages) {
    const all = textOf(message);
    const end = lengthWithin(all, bodyMax);
    const text = all.slice(0, end);
    size += sizeOf(text) + 800;
    if (shown.length > 0 && (size > pageMax || shown.length === eventsMax)) break;
    shown.push({ message, text, whole: end === all.length });
  }
  return shown;
}

interface RawEventProps extends Shown {
  id: string;
}

function RawEvent({ id, message, text, whole }: RawEventProps) {
  const { sequence, subject, storedAt, undecodable } = message;
  const api = href(`/api/matches/${id}/events`, { after: sequence - 1, limit: 1 });
  return (
    <article id={`e${sequence}`} data-row="">
      <h2>
        <a href={api}>#{sequence}</a> <Text value={subject} max={400} />
      </h2>
      <p>
        Stored <Time at={storedAt} />{" "}
        {undecodable === null ? null : (
          <>
            <Badge tone="bad" word={`unreadable: ${undecodable.code}`} /> <Text value={undecodable.text} max={400} />
          </>
        )}
      </p>
      <pre tabindex={0} aria-label={`Event ${sequence}`}>
        <code>{text}</code>
      </pre>
      {whole ? null : (
        <p class="quiet">
          {undecodable === null ? (
            <>
              Cut here. <a href={api}>All of it as JSON</a>
            </>
          ) : (
            `Cut here: ${number(message.body.byteLength)} bytes in all.`
          )}
        </p>
      )}
    </article>
  );
}

/** Broken into lines where it is JSON; whatever else it is, its characters made visible. */
function textOf({ body }: LogMessage): string {
  const text = new TextDecoder().decode(body);
  try {
    return visible(laidOut(JSON.parse(text), ""));
  } catch {
    return visible(text);
  }
}

const lineMax = 200;

/** JSON in which whatever fits stands on one line: a wave is a line an answer. */
function laidOut(value: unknown, indent: string): string {
  const whole = JSON.stringify(value);
  if (typeof value !== "object" || value === null || whole.length + indent.length <= lineMax) return whole;
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((it) => deeper + laidOut(it, deeper))
    : Object.entries(value).map(([name, it]) => `${deeper}${JSON.stringify(name)}: ${laidOut(it, deeper)}`);
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}

/** What a text comes to once it is escaped. */
function sizeOf(text: string): number {
  let size = 0;
  for (const character of text) size += sizeOfOne(character);
  return size;
}

function sizeOfOne(character: string): number {
  if (character === '"') return 6;
  if (character === "&" || character === "'") return 5;
  return character === "<" || character === ">" ? 4 : Buffer.byteLength(character);
}

/** How much of a text comes to that size at most. */
function lengthWithin(text: string, sizeMax: number): number {
  let [size, length] = [0, 0];
  for (const character of text) {
    size += sizeOfOne(character);
    if (size > sizeMax) break;
    length += character.length;
  }
  return length;
}

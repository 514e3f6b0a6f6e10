/** An answer of a few hundred tokens streams in some 100 kB; the limits keep what a hostile server can make us parse to milliseconds. */
const bytesMax = 1 << 18;
const linesMax = 20_000;

export class StreamTooLong extends Error {
  override readonly name = "StreamTooLong";

  constructor() {
    super(`its server streamed more than ${bytesMax} bytes or ${linesMax} lines`);
  }
}

/**
 * The data of each event of a server-sent event stream (WHATWG HTML 9.2.6) that has arrived whole, up to the protocol's
 * `[DONE]`. In one pass: the client's own decoder takes a time that grows with the square of the length. Throws `StreamTooLong`.
 */
export function eventsOf(body: ArrayBuffer): string[] {
  if (body.byteLength > bytesMax) throw new StreamTooLong();
  const lines = new TextDecoder().decode(body).split(/\r\n|\n|\r/, linesMax + 1);
  if (lines.length > linesMax) throw new StreamTooLong();
  const events: string[] = [];
  let data: string[] = [];
  // Some servers leave out the empty line after the last event.
  for (const line of [...lines, ""]) {
    if (line === "" && data.length > 0) {
      const event = data.join("\n");
      if (event.startsWith("[DONE]")) break;
      events.push(event);
      data = [];
    } else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
  }
  return events;
}

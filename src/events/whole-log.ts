import type { EventLog, LogMessage } from "./log.ts";

/** Every message up to what is the newest one now. */
export async function* wholeLog(
  log: EventLog,
  signal: AbortSignal,
  onProgress: (sequence: number, last: number) => void = () => {},
): AsyncIterable<LogMessage> {
  const last = await log.last();
  if (last === 0) return;
  for await (const batch of log.follow(0, signal)) {
    for (const message of batch) {
      if (message.sequence > last) return;
      yield message;
    }
    const newest = batch.at(-1)?.sequence ?? 0;
    onProgress(newest, last);
    if (newest >= last) return;
  }
}

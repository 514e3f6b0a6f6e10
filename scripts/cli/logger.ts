import { type Logger, pino } from "pino";
import { say } from "./output.ts";

/** Logs as JSON lines on stderr. `write` takes them elsewhere when something else draws there. */
export function createLogger(level: string, write: (line: string) => void = say): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(line.trimEnd()) },
  );
}

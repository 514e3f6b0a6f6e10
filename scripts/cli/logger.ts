import { type Logger, pino } from "pino";
import { say } from "./output.ts";

/** Fields that no line should have. What writes lines keeps them out; this is for the line that somebody adds one day. */
const secretFields = ["authorization", "cookie", "token", "password", "headers", "body"].flatMap((field) => [
  field,
  `*.${field}`,
  `*.*.${field}`,
]);

const censor = "[redacted]";

/**
 * Logs as JSON lines on stderr. `write` takes them elsewhere when something else draws there. None of `secrets` is ever
 * written, whatever field, message or stack it has got into.
 */
export function createLogger(
  level: string,
  write: (line: string) => void = say,
  secrets: readonly (string | null)[] = [],
): Logger {
  const written = secrets.flatMap((secret) => (secret === null ? [] : JSON.stringify(secret).slice(1, -1)));
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields, censor },
      hooks: { streamWrite: (line) => written.reduce((text, secret) => text.replaceAll(secret, censor), line) },
    },
    { write: (line: string) => write(line.trimEnd()) },
  );
}

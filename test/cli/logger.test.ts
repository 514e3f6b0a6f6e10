import { expect, test } from "vitest";
import { createLogger } from "../../scripts/cli/logger.ts";

const secret = 'a "secret" of sixteen';

function written(log: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  log(createLogger("trace", (line) => void lines.push(line), [secret, null]));
  return lines;
}

test("none of the secrets gets into a line, whatever it got into", () => {
  const lines = written((logger) => {
    logger.error({ err: new Error(`no ${secret}`), path: `/?token=${secret}` }, `a message with ${secret}`);
    logger.child({ deep: { er: { still: [secret] } } }).trace("child");
  });
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toContain("[redacted]");
    expect(line).not.toContain("secret");
    expect(() => JSON.parse(line) as unknown).not.toThrow();
  }
});

test("nor does a field that is for secrets, whatever it holds", () => {
  const [line = ""] = written((logger) =>
    logger.info(
      { authorization: "x1", request: { headers: { a: "x2" }, token: "x3" }, deep: { er: { body: "x4" } } },
      "m",
    ),
  );
  expect(line).not.toMatch(/x[1-4]/);
  expect(JSON.parse(line)).toMatchObject({ level: 30, msg: "m", authorization: "[redacted]" });
});

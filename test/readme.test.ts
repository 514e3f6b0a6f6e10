import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { runningNode, startFulltime } from "./support/node-process.ts";
import { tempDir } from "./support/temp.ts";
import { until } from "./support/until.ts";

const readme = readFileSync(resolve(import.meta.dirname, "..", "README.md"), "utf8");

/** The curl commands of the README, as somebody would paste them. */
function examples(): string[] {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => block.split("\n")).filter((line) => line.startsWith("curl "));
}

/** Of the smallest season, which is played here instead of the README's. */
const played = { season: "abl", match: "abl-2016-17-sk-rapid-wien-fk-austria-wien" };

test("the README's curl examples answer what they say, on a season that was played", { timeout: 300_000 }, async () => {
  const commands = examples();
  expect(commands.length).toBeGreaterThan(9);
  const dir = tempDir();
  const node = startFulltime(dir, ["run", "--competition", played.season]);
  onTestFinished(async () => {
    node.child.kill("SIGTERM");
    await node.ended;
  });
  await until(() => (node.stderr().includes("goes on serving") ? true : null));
  const url = runningNode(dir)?.http ?? "";
  const answers: [string, number, unknown][] = [];
  for (const command of commands) {
    const here = command
      .replaceAll("http://127.0.0.1:4600", url)
      .replaceAll("pl-2016-17-arsenal-chelsea", played.match)
      .replace("curl -s", "curl -s -w '\\n%{http_code}'");
    const { stdout } = await promisify(execFile)("sh", ["-c", here], { cwd: join(dir), maxBuffer: 64 * 1024 * 1024 });
    const cut = stdout.lastIndexOf("\n");
    answers.push([command, Number(stdout.slice(cut + 1)), JSON.parse(stdout.slice(0, cut))]);
  }
  expect(answers.filter(([, status]) => status < 200 || status > 202)).toEqual([]);
  const answerTo = (text: string) => answers.find(([command]) => command.includes(text))?.[2];
  expect(answerTo("/api/health")).toMatchObject({ status: "ok", coverage: { percent: 100 } });
  expect(answerTo("arsenal-chelsea")).toMatchObject({ id: played.match, fixture: { status: "finished" } });
  expect(answerTo('"dryRun": true')).toMatchObject({ backfillId: null, requested: 0 });
  expect(answerTo("/api/admin/requests")).toMatchObject({
    requests: [{ what: "projections.rebuild" }, { what: "settlement.retry", reason: "the source is back" }],
  });
});

import { expect, test } from "vitest";
import { whyUnpredicted } from "../../scripts/commands/source/unpredicted.ts";
import { day, history, hour, kickoff } from "../support/history.ts";

test("a kick-off that was told when it had passed, earlier than the known one, is why", () => {
  const life = history()
    .scheduled({ kickoff, timeAssumed: true })
    .at(kickoff + 9 * day)
    .scheduled({ kickoff: kickoff - day, status: "finished" });
  const [was, is] = [kickoff, kickoff - day].map((it) => new Date(it).toISOString().slice(0, 16).replace("T", " "));
  expect(whyUnpredicted(life.events)).toMatch(
    new RegExp(`^it kicked off at ${is}, and the source said ${was} \\(time assumed\\) until `),
  );
});

test.each([
  ["the only one", []],
  ["later than the known one", [day]],
  ["earlier, and still ahead", [-hour]],
])("a kick-off that is %s says nothing", (_, moves) => {
  const life = history().scheduled();
  for (const move of moves) life.scheduled({ kickoff: kickoff + move });
  expect(whyUnpredicted(life.events)).toBeNull();
});

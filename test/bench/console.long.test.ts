import { expect, test } from "vitest";
import { consoleBench } from "../../scripts/bench/console.ts";
import { tinyContext } from "./context.ts";

test("nothing changes while consoles are open, and a first load is weighed", { timeout: 180_000 }, async () => {
  const { sides, ratio, versions, notes } = await consoleBench.run(await tinyContext(4));
  expect(Object.keys(sides)).toEqual(["unwatched", "watched", "first load"]);
  expect(sides["unwatched"]?.["cpuPercent"]).toBeGreaterThanOrEqual(0);
  expect(sides["watched"]).toMatchObject({ pagesAskedFor: 2, newsReceived: 0 });
  const { loadKB, requests, contentMs, readyMs } = sides["first load"] ?? {};
  // The document, two style sheets, three scripts; the stream of changes does not end, and an icon may come later.
  expect(requests).toBeGreaterThanOrEqual(6);
  expect(loadKB).toBeGreaterThan(10);
  expect(readyMs).toBeGreaterThanOrEqual(contentMs ?? Number.NaN);
  expect(ratio).toBeNull();
  expect(versions?.["chromium"]).toMatch(/^\d+\./);
  expect(notes?.[0]).toMatch(/^4 open consoles cost/);
});

import { expect, test } from "vitest";
import { isConsole, isConsolePage, ownPath } from "../../../src/http/access/console-paths.ts";

test.each([
  ["/", "/"],
  ["/gaps?severity=critical", "/gaps?severity=critical"],
  ["/matches/pl-a-b", "/matches/pl-a-b"],
  [undefined, "/"],
  ["", "/"],
  ["gaps", "/"],
  ["//evil.example/", "/"],
  ["/\\evil.example/", "/"],
  ["/\t/evil.example/", "/"],
  ["/.//evil.example/", "/"],
  ["/matches/..//evil.example/", "/"],
  ["/%2e//evil.example/", "/"],
  ["/./\\evil.example/", "/"],
  ["https://evil.example/", "/"],
  ["javascript:alert(1)", "/"],
  ["/sign-out", "/"],
  ["/api/admin/requests", "/"],
  ["/../../docs", "/"],
])("a form may lead back to %j by %s", (given, back) => {
  expect(ownPath(given)).toBe(back);
});

test("what is the console's, and what of it is for principals", () => {
  for (const path of ["/", "/gaps", "/matches/x", "/sign-out", "/requests/x/cancel"])
    expect(isConsolePage(path)).toBe(true);
  for (const path of ["/sign-in", "/theme/dark"]) expect([isConsolePage(path), isConsole(path)]).toEqual([false, true]);
  for (const path of ["/api/matches", "/docs", "/livez", "/gapsy", "/console/style.css", "//evil.example", "//"])
    expect(isConsole(path)).toBe(false);
});

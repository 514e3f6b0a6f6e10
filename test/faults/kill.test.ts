import { describe, it } from "vitest";
import { expectSameSeasonUnderKills } from "./killed-season.ts";

describe("kill -9 at any moment", () => {
  it("ends with the table of an undisturbed season, and a log that verifies", { timeout: 600_000 }, () =>
    expectSameSeasonUnderKills("abl", 10, 20161124),
  );
});

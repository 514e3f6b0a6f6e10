import { describe, it } from "vitest";
import { expectSameSeasonUnderKills } from "./killed-season.ts";

/** Another one each time, unless a failure is to be repeated. */
const seed = Number(process.env.FULLTIME_TEST_SEED ?? Math.floor(Math.random() * 2 ** 32));

describe("kill -9 at 50 random moments", () => {
  it(
    `ends with the table of an undisturbed season, nothing lost: FULLTIME_TEST_SEED=${seed}`,
    {
      timeout: 1_800_000,
    },
    () => expectSameSeasonUnderKills("pl", 50, seed),
  );
});

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = process.env.FULLTIME_TEST_DATA ?? resolve(import.meta.dirname, "../../../shared/data");
const found = join(root, "openfootball");

/** A checkout of openfootball/football.json's files with dated snapshots, where there is one; null elsewhere. */
export const sharedFootball: string | null = existsSync(found) ? found : null;

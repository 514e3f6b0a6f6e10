import { statSync } from "node:fs";
import type { Config } from "../../src/config.ts";
import { openReadOnly, type ReadOnlyModel } from "../../src/projections/reader.ts";
import { CommandFailed, exitCode } from "./errors.ts";

/** Lets `work` ask the read model of the data directory, beside a running node or without one. */
export async function withReadModel<T>(config: Config, work: (readModel: ReadOnlyModel) => T | Promise<T>): Promise<T> {
  if (statSync(config.dataDir, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new CommandFailed(exitCode.failed, `FULLTIME_DATA_DIR=${config.dataDir} is a file, not a directory`);
  }
  const readModel = openReadOnly(config.dataDir);
  if (readModel === null) {
    throw new CommandFailed(
      exitCode.failed,
      `${config.dataDir} has no read model of this version: start a node with \`fulltime run\`, or name another directory with FULLTIME_DATA_DIR`,
    );
  }
  try {
    return await work(readModel);
  } finally {
    readModel.close();
  }
}

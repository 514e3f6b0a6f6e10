/** Run by a test as a process of its own, to be killed: takes a data directory, says so, and stays. Arguments: directory, clock. */
import { takeDataDirectory } from "../../src/data-directory.ts";

const [path, clock] = process.argv.slice(2);
if (path === undefined || clock === undefined) throw new Error("needs a directory and a clock");
const directory = takeDataDirectory(path, { source: "archive", clock, competition: "pl", season: "2016-17" });
directory.announce({
  pid: process.pid,
  startedAt: "2026-01-01T00:00:00.000Z",
  http: null,
  nats: "nats://127.0.0.1:4222",
  embedded: true,
});
// Once this module has run, nothing refers to the directory any more: the lock must not go with it.
setImmediate(() => {
  globalThis.gc?.();
  console.log("taken");
});
process.stdin.resume();

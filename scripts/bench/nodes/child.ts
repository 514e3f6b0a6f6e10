/** Run by `bench nodes` as a process of its own: one node on the log at an address, until its parent says stop. Arguments: address, data directory, cache. */
import { cannedSource } from "../canned-source.ts";
import { startNode } from "../canned-node.ts";
import { nodesPolicy } from "./policy.ts";

const [natsUrl, dataDir, cacheDir] = process.argv.slice(2);
if (natsUrl === undefined || dataDir === undefined || cacheDir === undefined)
  throw new Error("needs an address, a data directory and a cache");
const giveUp = new AbortController();
// A parent that died closes the channel.
process.once("disconnect", () => process.exit(1));
const source = cannedSource({ matches: 0, kickoff: () => 0 });
const app = await startNode({
  dataDir,
  cacheDir,
  source,
  clock: "wall",
  natsUrl,
  policy: nodesPolicy,
  signal: giveUp.signal,
});
process.once("message", () => {
  process.removeAllListeners("disconnect");
  void app.stop().finally(() => process.disconnect());
});
process.send?.("ready");

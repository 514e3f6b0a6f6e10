/** Run by a test as a process of its own, to be killed: starts the embedded server, says where it is, and stays. Arguments: binary, data directory. */
import { pino } from "pino";
import { wallClock } from "../../src/clock.ts";
import { startEmbeddedServer } from "../../src/events/server.ts";

const [binary, dataDir] = process.argv.slice(2);
if (binary === undefined || dataDir === undefined) throw new Error("needs a binary and a data directory");
const server = await startEmbeddedServer({ binary, dataDir, clock: wallClock, log: pino({ level: "silent" }) });
console.log(JSON.stringify({ pid: server.pid, url: server.url }));

import { type Clock, wallClock } from "../../src/clock.ts";
import { createMemoryServer, type MemoryServer } from "../../src/events/memory.ts";
import { describeLog } from "./log.contract.ts";

describeLog("in memory", async () => {
  let short = false;
  const clock: Clock = { ...wallClock, after: (ms, run) => wallClock.after(short ? Math.min(ms, 1000) : ms, run) };
  let server: MemoryServer;
  return {
    async fresh() {
      short = false;
      server = createMemoryServer({ clock });
    },
    open: async () => server.connect(),
    publish: async (subject, body) => server.publish(subject, body),
    async shortenAckWait() {
      short = true;
    },
    consumer: async () => ({}),
    async stop() {},
  };
});

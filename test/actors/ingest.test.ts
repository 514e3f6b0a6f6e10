import { pino } from "pino";
import { expect, test } from "vitest";
import { ingest } from "../../src/actors/ingest.ts";
import { wallClock } from "../../src/clock.ts";
import type { AppendOutcome, EventLog } from "../../src/events/log.ts";
import type { Observation } from "../../src/sources/source.ts";

const observedAt = Date.parse("2016-08-13T12:00:00Z");

function observation(number: number): Observation {
  const team = (name: string) => ({ id: `${name}-${number}`, name });
  return {
    matchId: `pl-2016-17-a-${number}`,
    fixture: {
      competition: "pl",
      season: "2016-17",
      matchday: "1",
      teams: { home: team("a"), away: team("b") },
      kickoff: "2016-08-14T12:00:00.000Z",
      timeAssumed: false,
      status: "scheduled",
      source: { name: "test", ref: String(number) },
    },
    result: null,
  };
}

test("a list longer than a batch is taken a batch at a time, and counted whole", async () => {
  const waiting: ((outcome: AppendOutcome) => void)[] = [];
  const append = () => new Promise<AppendOutcome>((resolve) => waiting.push(resolve));
  let sequence = 0;
  let asked = 0;
  const known = () => (asked++, null);
  const node = {
    log: { append } as unknown as EventLog,
    clock: wallClock,
    logger: pino({ level: "silent" }),
    newId: () => `01ARZ3NDEKTSV4RRFFQ69G5${String(++sequence).padStart(3, "0")}`,
  };
  const observations = Array.from({ length: 1500 }, (_, at) => observation(at));
  const counted = ingest(node, observations, { observedAt, actor: "pipeline:poll", causationId: null, known });
  expect([waiting.length, asked]).toEqual([1000, 1000]);
  // Whoever is done makes room for the next.
  for (let answered = 0; answered < 1500; answered++) {
    const answer = waiting.shift();
    if (answer === undefined) throw new Error(`nothing more was appended after ${answered}`);
    answer({ outcome: "appended", sequence: answered + 1 });
    await Promise.resolve();
    for (let turn = 0; turn < 10 && waiting.length === 0; turn++) await Promise.resolve();
  }
  expect(await counted).toEqual({ scheduled: 1500, finished: 0 });
});

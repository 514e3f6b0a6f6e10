import { describe, expect, it } from "vitest";
import { type Append, createAppendQueue, type Store, type StoreOutcome } from "../../src/events/append.ts";
import { LogUnavailable } from "../../src/events/errors.ts";
import { match, requested } from "./sample.ts";

/** A store that answers by a script and remembers what it was given. */
function scripted(script: (batch: readonly Append[]) => StoreOutcome | Promise<StoreOutcome>) {
  const batches: (readonly Append[])[] = [];
  const store: Store = {
    async store(batch) {
      batches.push(batch);
      return script(batch);
    },
    newest: async () => null,
    firstAfter: async () => null,
    retry: async () => {},
  };
  return { queue: createAppendQueue(store), batches };
}

const size = (batch: readonly Append[]) => batch.reduce((sum, { messages }) => sum + messages.length, 0);

describe("the append queue", () => {
  it("gathers what is asked for while a batch is stored, at most 1,000 messages and one append of an entity", async () => {
    let last = 0;
    const { queue, batches } = scripted((batch) => ({ kind: "stored", last: (last += size(batch)) }));
    await Promise.all([
      ...Array.from({ length: 1200 }, (_, i) => queue.append(match(`m-${i}`), 0, [requested(1), requested(2)])),
      queue.append(match("m-0"), 0, [requested(3)]),
    ]);
    expect(batches.map(size)).toEqual([1000, 1000, 401]);
    for (const batch of batches) expect(new Set(batch.map(({ entity }) => entity.id)).size).toBe(batch.length);
    expect(queue.waiting).toBe(0);
  });

  it("stores appends alone when a batch does not arrive whole, and gives up on one that never does", async () => {
    const { queue, batches } = scripted((batch) =>
      batch.some(({ entity }) => entity.id === "poison")
        ? { kind: "incomplete" }
        : { kind: "stored", last: size(batch) },
    );
    const [good, bad, other] = await Promise.all(
      ["a", "poison", "b"].map((id) => queue.append(match(id), 0, [requested(1)])),
    );
    expect(good).toMatchObject({ outcome: "appended" });
    expect(other).toMatchObject({ outcome: "appended" });
    expect(bad).toMatchObject({ outcome: "refused", category: "transient" });
    expect(batches.length).toBeLessThan(12);
  });

  it("goes on after a queue ran empty", async () => {
    let last = 0;
    const { queue } = scripted((batch) => ({ kind: "stored", last: (last += size(batch)) }));
    for (let i = 1; i <= 50; i++) {
      const outcome = await queue.append(match("a"), i - 1, [requested(1)]);
      expect(outcome).toEqual({ outcome: "appended", sequence: i });
    }
  });

  it("rejects what is in flight and what waits when it is closed", async () => {
    const { queue } = scripted(() => new Promise<StoreOutcome>(() => {}));
    const appends = ["a", "b"].map((id) => queue.append(match(id), 0, [requested(1)]));
    await Promise.resolve();
    const late = queue.append(match("c"), 0, [requested(1)]);
    const settled = Promise.allSettled([...appends, late]);
    queue.close(new LogUnavailable());
    for (const each of await settled)
      expect(each).toMatchObject({ status: "rejected", reason: { name: "LogUnavailable" } });
    await expect(queue.append(match("a"), 0, [requested(1)])).rejects.toBeInstanceOf(LogUnavailable);
  });

  it("ends with the store's failure", async () => {
    const { queue } = scripted(() => {
      throw new LogUnavailable("the stream was replaced");
    });
    await expect(queue.append(match("a"), 0, [requested(1)])).rejects.toThrow(/replaced/);
    await expect(queue.append(match("a"), 0, [requested(1)])).rejects.toThrow(/replaced/);
  });
});

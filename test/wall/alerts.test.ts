import { afterAll, expect, it } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { type LiveChild, liveChild } from "../support/live-child.ts";
import { secondsForHours } from "../support/live-node.ts";
import { isSigned, type Receiver, startReceiver } from "../support/receiver.ts";

const second = 1000;
const secret = "a secret of the tests";

let node: LiveChild | null = null;
let receiver: Receiver | null = null;
afterAll(async () => {
  await node?.remove();
  await receiver?.down();
});

it("alerts reach a receiver that was away, in order, and over kills and removals none twice", {
  timeout: 120_000,
}, async () => {
  const hook = (receiver = await startReceiver());
  const child = (node = liveChild(secondsForHours, { url: hook.url, secret }));
  const { source, facts } = child;
  const expected: string[] = [];

  /** Seen for the first time after its kick-off: missed. */
  async function miss(name: string): Promise<string> {
    const id = source.add(name, -2 * second);
    child.tell();
    const { data, id: alert } = await facts.first(10 * second, id, "match.gap.raised");
    expect(data.severity).toBe("missed");
    expected.push(alert);
    return id;
  }
  async function heal(id: string): Promise<void> {
    source.set(id, { status: "cancelled" });
    child.tell();
    expected.push((await facts.first(10 * second, id, "match.gap.resolved")).id);
  }

  // Away while three things happen, and back.
  await hook.down();
  await child.start();
  const first = await miss("first");
  await miss("second");
  await heal(first);
  expect(hook.posts).toEqual([]);
  await hook.up();
  await hook.posted(3);

  // Killed with its server while a post is under way. A server may forget the acknowledgements of its last half second.
  await facts.passes(wallClock.now() + second);
  hook.answer = () => new Promise(() => {});
  const third = await miss("third");
  await hook.posted(4);
  await child.end("SIGKILL");
  hook.answer = () => ({ status: 200 });
  await child.start();
  await hook.posted(5);
  expected.push(expected.at(-1) ?? "");
  await heal(third);
  await hook.posted(6);

  // Stopped, all its consumers and its read model removed: the log is read from its beginning.
  await child.end("SIGTERM");
  await child.bereave();
  await child.start();
  await heal("cup-2026-second-guest");
  await miss("fourth");
  await hook.posted(8);

  // Stopped while the receiver is away: the next start goes on where this one was.
  await hook.down();
  await miss("fifth");
  await child.end("SIGTERM");
  await hook.up();
  await child.start();
  await miss("sixth");
  await hook.posted(10);

  expect(hook.posts.map(({ alert }) => alert.id)).toEqual(expected);
  expect(hook.posts.map(({ alert }) => `${alert.match.home} ${alert.type} ${alert.severity}`)).toEqual(
    ["first gap.raised", "second gap.raised", "first gap.resolved", "third gap.raised", "third gap.raised"]
      .concat([
        "third gap.resolved",
        "second gap.resolved",
        "fourth gap.raised",
        "fifth gap.raised",
        "sixth gap.raised",
      ])
      .map((told) => `${told} missed`),
  );
  expect(hook.posts[3]?.body).toBe(hook.posts[4]?.body);
  for (const post of hook.posts) expect(isSigned(post, secret)).toBe(true);
});

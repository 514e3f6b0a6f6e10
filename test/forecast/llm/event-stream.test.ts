import fc from "fast-check";
import { expect, test } from "vitest";
import { eventsOf, StreamTooLong } from "../../../src/forecast/llm/event-stream.ts";

const read = (text: string) => eventsOf(new TextEncoder().encode(text).buffer);

test.for<[string, string[]]>([
  ["", []],
  ["data: a\n\ndata:b\n\n", ["a", "b"]],
  ["data: a\r\n\r\ndata: b\r\rdata: c", ["a", "b", "c"]],
  ["data: a\ndata: b\n\n", ["a\nb"]],
  [": a comment\nevent: x\nid: 1\ndata: a\n\n\n\n", ["a"]],
  ["data: a\n\ndata: [DONE]\n\ndata: b\n\n", ["a"]],
  ["\ufeffdata: a\n\n", ["a"]],
])("%j", ([text, events]) => {
  expect(read(text)).toEqual(events);
});

test("what was sent as events is read as them", () => {
  const event = fc.json().filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(event), fc.constantFrom("\n", "\r\n", "\r"), (events, end) => {
      expect(read(events.map((it) => `data: ${it}${end}${end}`).join(""))).toEqual(events);
    }),
  );
});

test.for([":\n\n".repeat(10_000), `data: ${"x".repeat(1 << 18)}`])("too much of it is refused", (text) => {
  expect(() => read(text)).toThrow(StreamTooLong);
});

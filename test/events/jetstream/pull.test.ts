import fc from "fast-check";
import { expect, test } from "vitest";
import { deliveryInfo } from "../../../src/events/jetstream/pull.ts";

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);

test("reads a delivery's reply subject, with and without domain and account", () => {
  fc.assert(
    fc.property(
      fc.record({ stream: name, consumer: name, deliveries: count, sequence: count, consumerSequence: count }),
      fc.integer({ min: 0, max: 2 ** 41 }),
      fc.option(fc.record({ domain: name, account: name, random: fc.option(name) })),
      ({ stream, consumer, deliveries, sequence, consumerSequence }, storedAt, further) => {
        const numbers = `${deliveries}.${sequence}.${consumerSequence}.${storedAt}000000.5`;
        const head = further === null ? "" : `${further.domain}.${further.account}.`;
        const tail = further?.random == null ? "" : `.${further.random}`;
        const reply = `$JS.ACK.${head}${stream}.${consumer}.${numbers}${tail}`;
        expect(deliveryInfo({ reply })).toEqual({ deliveries, sequence, consumerSequence, storedAt });
      },
    ),
  );
});

import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientAddress, isNetwork, networkOf, plain, trustedProxies } from "../../../src/http/access/address.ts";
import { bearerToken } from "../../../src/http/access/bearer.ts";
import { hostName } from "../../../src/http/access/loopback.ts";

/** What a header may hold, Node's parser permitting: anything but line ends. */
const headerText = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) });
const address = fc.oneof(fc.ipV4(), fc.ipV6());

describe("Authorization", () => {
  const token = fc.stringMatching(/^[\w.~+/=-]{1,60}$/);

  test("gives its token back, the scheme in any case and after any number of spaces", () => {
    const scheme = fc.mixedCase(fc.constant("bearer"));
    const spaces = fc.integer({ min: 1, max: 5 }).map((count) => " ".repeat(count));
    fc.assert(
      fc.property(scheme, spaces, token, (scheme, gap, it) => {
        expect(bearerToken(scheme + gap + it)).toBe(it);
      }),
    );
  });

  test("is null or a token without white space, whatever it holds", () => {
    fc.assert(
      fc.property(headerText, fc.boolean(), (text, prefixed) => {
        const found = bearerToken(prefixed ? `Bearer ${text}` : text);
        if (found !== null) expect(found).toMatch(/^\S+$/);
      }),
    );
    expect(bearerToken(undefined)).toBeNull();
    expect(bearerToken("Bearer")).toBeNull();
    expect(bearerToken("Bearer a b")).toBeNull();
    expect(bearerToken(`Basic ${btoa("a:b")}`)).toBeNull();
  });
});

describe("Host", () => {
  test.each([
    ["localhost", "localhost"],
    ["LocalHost:4600", "localhost"],
    ["fulltime.example.", "fulltime.example"],
    ["[::1]:4600", "[::1]"],
    ["127.0.0.1:80", "127.0.0.1"],
    ["", null],
    ["a:b", null],
    ["a@localhost", null],
    ["localhost/", null],
    ["[::1", null],
    ["::1", null],
    ["localhost:4600:1", null],
  ])("%s names %s", (host, name) => expect(hostName(host)).toBe(name));

  test("is null or a name without port, path or user, whatever it holds", () => {
    fc.assert(
      fc.property(headerText, (text) => {
        const name = hostName(text);
        if (name !== null) expect(name).toMatch(/^(?:\[[0-9a-f:.]+\]|[^\s:/@[\]]*)$/);
      }),
    );
  });
});

describe("X-Forwarded-For", () => {
  const proxies = trustedProxies(["10.0.0.0/8", "fd00::/8", "::1"]);

  test.each([
    // Nobody is believed but a proxy.
    ["192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["10.0.0.1", undefined, "10.0.0.1"],
    ["10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["::1", "2001:db8::7", "2001:db8::7"],
    // What the client itself wrote stands before the address its proxy saw.
    ["10.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"],
    ["10.0.0.1", "198.51.100.7, 203.0.113.9, 10.2.2.2", "203.0.113.9"],
    ["10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3"],
    ["10.0.0.1", "203.0.113.9:4711", "203.0.113.9"],
    ["10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"],
    ["10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"],
    ["10.0.0.1", "unknown", "10.0.0.1"],
    ["10.0.0.1", "", "10.0.0.1"],
    ["10.0.0.1", "203.0.113.9, garbage", "10.0.0.1"],
  ])("from %s with %s: %s", (remote, header, client) => expect(clientAddress(remote, header, proxies)).toBe(client));

  test("without trusted proxies, whatever it holds is nothing", () => {
    const none = trustedProxies([]);
    fc.assert(
      fc.property(address, headerText, (remote, text) => {
        expect(clientAddress(remote, text, none)).toBe(remote);
      }),
    );
  });

  test("gives an address, whatever it holds", () => {
    const text = fc.oneof(
      headerText,
      fc.array(fc.oneof(address, headerText)).map((hops) => hops.join(", ")),
    );
    fc.assert(
      fc.property(text, (text) => {
        expect(isIP(clientAddress("10.0.0.1", text, proxies))).toBeGreaterThan(0);
      }),
    );
  });

  test("gives the last address that is no proxy's, however much stands before it", () => {
    const outside = address.filter((it) => !proxies(it) && !it.startsWith("::ffff:"));
    fc.assert(
      fc.property(
        fc.array(headerText),
        outside,
        fc.array(fc.constant("10.1.2.3"), { maxLength: 5 }),
        (forged, it, hops) => {
          expect(clientAddress("10.0.0.1", [...forged, it, ...hops].join(", "), proxies)).toBe(plain(it));
        },
      ),
    );
  });
});

describe("networks", () => {
  test.each(["10.0.0.1", "10.0.0.0/8", "::/0", "fd00::/128", "0.0.0.0/0"])("%s is one", (it) => {
    expect(isNetwork(it)).toBe(true);
    expect(trustedProxies([it])).toBeTypeOf("function");
  });

  test.each(["", "10.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8/8", "localhost", "fe80::1%eth0"])(
    "%s is none",
    (it) => expect(isNetwork(it)).toBe(false),
  );

  test("an IPv6 client is its /64, an IPv4 client its address", () => {
    expect(networkOf("203.0.113.9")).toBe("203.0.113.9");
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
    expect(networkOf("2001:0db8:0001:0002::6")).toBe("2001:db8:1:2::/64");
    expect(networkOf("::1")).toBe("0:0:0:0::/64");
    expect(networkOf("2001:db8::")).toBe("2001:db8:0:0::/64");
    expect(networkOf("64:ff9b::192.0.2.33")).toBe("64:ff9b:0:0::/64");
  });

  test("two spellings of an address are one client", () => {
    fc.assert(
      fc.property(fc.ipV6(), (it) => {
        const short = new URL(`http://[${it}]`).hostname.slice(1, -1);
        expect(networkOf(it)).toBe(networkOf(short));
        expect(networkOf(it)).toMatch(/^[0-9a-f]{1,4}(:[0-9a-f]{1,4}){3}::\/64$/);
      }),
    );
  });
});

import { isNetwork } from "../../http/access/address.ts";
import type { PrincipalEntry } from "../../http/access/principal.ts";
import { readPrincipals } from "../principals.ts";
import { listOf, type Variable, wholeNumber, wrong } from "./variable.ts";

/** Where the HTTP server listens, and to whom. */
export const httpVariables = {
  host: {
    name: "FULLTIME_HOST",
    about: "address the HTTP server binds",
    fallback: "127.0.0.1",
    read: (text) => (/^[\w.:-]+$/.test(text) ? text : wrong("must be an address or a host name")),
  } satisfies Variable<string>,
  port: {
    name: "FULLTIME_PORT",
    about: "its port; 0 takes a free one",
    fallback: "4600",
    read: wholeNumber(0, 65_535),
  } satisfies Variable<number>,
  adminToken: {
    name: "FULLTIME_ADMIN_TOKEN",
    about: "bearer token of the admin routes; none: they answer on loopback only",
    fallback: "",
    secret: true,
    read: (text) =>
      text === ""
        ? null
        : text.length >= 16 && !/\s/.test(text)
          ? text
          : wrong("must have at least 16 characters and no white space"),
  } satisfies Variable<string | null>,
  principals: {
    name: "FULLTIME_PRINCIPALS",
    about: "JSON file of who else has a token; fulltime token new adds to it",
    fallback: "",
    read: (text): readonly PrincipalEntry[] => {
      if (text === "") return [];
      const read = readPrincipals(text);
      return "principals" in read ? read.principals : wrong(read.mistakes.join("\n"));
    },
  } satisfies Variable<readonly PrincipalEntry[]>,
  allowedHosts: {
    name: "FULLTIME_ALLOWED_HOSTS",
    about: "names this node is reached by, besides loopback and FULLTIME_HOST",
    fallback: "",
    read: listOf(/^(?:[\w.-]+|\[?[0-9a-f:.]+\]?)$/i, "must be host names or addresses without port, by comma"),
  } satisfies Variable<string[]>,
  trustedProxies: {
    name: "FULLTIME_TRUSTED_PROXIES",
    about: "addresses and networks whose X-Forwarded-For is believed",
    fallback: "",
    read: listOf({ test: isNetwork }, "must be addresses or networks like 10.0.0.0/8, by comma"),
  } satisfies Variable<string[]>,
  corsOrigins: {
    name: "FULLTIME_CORS_ORIGINS",
    about: "origins whose pages may ask; none: its own alone",
    fallback: "",
    read: listOf(
      {
        test: (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text,
      },
      "must be origins like https://console.example, by comma",
    ),
  } satisfies Variable<string[]>,
};

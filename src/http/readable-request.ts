import type { IncomingMessage } from "node:http";

/** What is wrong with a request's target and `Host`, null for nothing (RFC 9112, 3.2). */
export function unreadableTarget({ url = "", httpVersion, headers, rawHeaders }: IncomingMessage): string | null {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  if (hosts > 1 || (hosts === 0 && httpVersion !== "1.0")) return "a request needs one Host header";
  if (!/^https?:/i.test(url)) return null;
  // What is no URL is answered by whoever reads it.
  if (!URL.canParse(url)) return null;
  const { protocol, host } = new URL(url);
  const named = `${protocol}//${headers.host ?? ""}`;
  const same = URL.canParse(named) && new URL(named).host === host;
  return same ? null : "the request's target names another host than its Host header";
}

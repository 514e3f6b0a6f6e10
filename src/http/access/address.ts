import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import type { Context } from "hono";

/** Where a request comes from. Addresses are plain: no port, no zone, IPv4 not mapped into IPv6; empty when unknown. */
export interface Socket {
  remote: string;
  local: string;
}

/** Of the connection itself, never of a header that anybody can write. */
export function socketOf(c: Context): Socket {
  const env = c.env as { incoming?: { socket?: { remoteAddress?: string; localAddress?: string } } } | undefined;
  const { remoteAddress, localAddress } = env?.incoming?.socket ?? {};
  return { remote: plain(remoteAddress ?? ""), local: plain(localAddress ?? "") };
}

export function plain(address: string): string {
  return address.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Hops of a header that are looked at: a longer one is nobody's honest path. */
const hopsMax = 20;

export type IsTrusted = (address: string) => boolean;

/**
 * The client's address. `forwardedFor` is believed as far as trusted proxies wrote it: from its end, up to the first address
 * that is none of theirs. What stands before that, the client may have written itself.
 */
export function clientAddress(remote: string, forwardedFor: string | undefined, isTrusted: IsTrusted): string {
  let client = remote;
  if (forwardedFor === undefined) return client;
  const hops = forwardedFor.split(",").slice(-hopsMax).toReversed();
  for (const hop of hops) {
    if (!isTrusted(client)) break;
    const address = hopAddress(hop.trim());
    if (address === null) break;
    client = address;
  }
  return client;
}

/** Proxies write addresses with or without port, IPv6 with or without brackets. */
function hopAddress(hop: string): string | null {
  const bare = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(hop)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(hop)?.[1] ?? hop;
  const address = plain(bare);
  return isIP(address) === 0 ? null : address;
}

/** Whether an address is one of these, or in one of these networks (`10.0.0.0/8`, `fd00::/8`). */
export function trustedProxies(entries: readonly string[]): IsTrusted {
  const list = new BlockList();
  for (const entry of entries) {
    if (!isNetwork(entry)) throw new Error(`${entry} is no address and no network`);
    const [address = "", bits] = entry.split("/");
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? "ipv4" : "ipv6");
  };
}

/** `address` or `address/bits`. */
export function isNetwork(text: string): boolean {
  const [, address = "", bits = "0"] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && !address.includes("%") && Number(bits) <= 128);
}

/** What one client can be told by: an IPv6 client has a whole /64 of addresses to choose from. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  // An address in the dotted form stands for two groups; it is always in the second half.
  const rest = tail === undefined || tail === "" ? 0 : tail.split(":").length + (tail.includes(".") ? 1 : 0);
  const missing = tail === undefined ? 0 : Math.max(0, 8 - groups.length - rest);
  const all = [...groups, ...Array.from({ length: missing }, () => "0"), ...(tail ?? "").split(":")];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

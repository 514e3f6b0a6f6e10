import { isIPv4 } from "node:net";
import { plain } from "./address.ts";

export function isLoopbackAddress(address: string): boolean {
  const bare = plain(address);
  return bare === "::1" || (isIPv4(bare) && bare.startsWith("127."));
}

/** A name of this machine that no name server can turn into another. */
export function isLoopbackName(name: string): boolean {
  return name === "localhost" || name === "[::1]" || isLoopbackAddress(name);
}

/** The name in a `Host` header, lower-case and without its port; null for what no client means. */
export function hostName(host: string): string | null {
  const [, name] = /^(\[[0-9a-f:.]{2,45}\]|[^\s:/@[\]]{1,255})(?::\d{1,5})?$/i.exec(host) ?? [];
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, "");
}

import { compare, parseSemVer } from "nats";
import type { Category } from "../../match/event.ts";

/**
 * 2.12.0 has atomic batches but does not deduplicate them; 2.9 silently ignores TTL, wildcard expectations, atomic batches and
 * `sync_interval`, so an older server would accept our writes and break the append rule without an error.
 */
export const oldestServer = "2.12.1";

/** Whether a server of this version (`2.15.1`, `v2.15.1`) keeps what the log relies on. Throws on text that is no version. */
export function isNewEnough(version: string): boolean {
  return compare(parseSemVer(version), parseSemVer(oldestServer)) >= 0;
}

/** For `nc.info.version` after connecting: the binary that was checked is not always the server that answers. */
export function requireServerVersion(version: string, where: string): void {
  if (!isNewEnough(version)) throw new ServerTooOld(version, where);
}

export class ServerTooOld extends Error {
  override readonly name = "ServerTooOld";
  readonly category: Category = "permanent";
  /** The version found. */
  readonly version: string;
  /** Path or URL of the server. */
  readonly where: string;

  constructor(version: string, where: string) {
    super(`the nats-server at ${where} is ${version}; fulltime needs ${oldestServer} or newer`);
    this.version = version;
    this.where = where;
  }
}

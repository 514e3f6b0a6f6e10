import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, writeSync } from "node:fs";
import { readPrincipals } from "../../src/config/principals.ts";
import type { PrincipalEntry } from "../../src/http/access/principal.ts";
import { CommandFailed, exitCode } from "./errors.ts";

/**
 * Adds an entry to a file of principals, or makes the file: whole or not at all, readable by its owner only. Throws
 * `CommandFailed` when the file is not in order, when it has one of this name, or when another command is changing it.
 */
export function addPrincipal(file: string, entry: PrincipalEntry): void {
  // Where it is a link, the link stays.
  const path = existsSync(file) ? realpathSync(file) : file;
  const fresh = `${path}.new`;
  const handle = create(fresh);
  try {
    const principals = [...present(path), entry];
    if (principals.some(({ name }, index) => name === entry.name && index < principals.length - 1)) {
      throw new CommandFailed(
        exitCode.usage,
        `${file} has a principal ${entry.name} already: choose another name, or remove it there`,
      );
    }
    writeSync(handle, `${JSON.stringify({ principals }, null, 2)}\n`);
    fsyncSync(handle);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** Its fixed name makes it a lock: of two commands at once, the second would lose the first one's entry. */
function create(path: string): number {
  try {
    return openSync(path, "wx", 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "EEXIST" ? "another command is writing it; if none runs, remove it and try again" : message;
    throw new CommandFailed(exitCode.failed, `${path} cannot be made: ${why}`);
  }
}

function present(path: string): readonly PrincipalEntry[] {
  if (!existsSync(path)) return [];
  const read = readPrincipals(path);
  if ("principals" in read) return read.principals;
  throw new CommandFailed(exitCode.usage, read.mistakes.map((mistake) => `${path}: ${mistake}`).join("\n"));
}

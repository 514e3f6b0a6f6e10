import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { type Debian, withDebianFiles } from "./apt.ts";

/** The oldest suite whose nats-server is new enough; stable's is 2.10. */
const suite = "forky";

/** Downloads Debian's nats-server package and returns the path of the binary, in `dir`. Rejects with a readable reason. */
export function fetchDebian(debian: Debian, dir: string, onProgress: (text: string) => void): Promise<string> {
  return withDebianFiles(debian, suite, ["nats-server"], onProgress, async (files) => {
    const file = join(dir, "nats-server");
    await copyFile(join(files, "usr", "sbin", "nats-server"), file);
    return file;
  });
}

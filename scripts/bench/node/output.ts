import type { ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";

/** What a child process wrote, and its exit code. The signal ends the child, and is thrown. */
export async function outputOf(
  child: ChildProcessByStdio<null, Readable, null>,
  signal: AbortSignal,
): Promise<{ out: string; code: number | null }> {
  const interrupt = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", interrupt);
  try {
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    signal.throwIfAborted();
    return { out, code };
  } finally {
    signal.removeEventListener("abort", interrupt);
  }
}

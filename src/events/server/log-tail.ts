import { open } from "node:fs/promises";

const tailBytes = 8_192;
const tailLines = 15;

/** The last lines of a log that were written after byte `from`. After a rotation, which begins the file anew, of all of it. */
export async function logTailFrom(file: string, from: number): Promise<string[]> {
  const handle = await open(file, "r").catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const start = Math.max(size - tailBytes, size < from ? 0 : from);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer.toString("utf8", 0, bytesRead).split("\n");
    return lines.filter((line) => line !== "").slice(-tailLines);
  } finally {
    await handle.close();
  }
}

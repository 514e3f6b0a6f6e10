import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";

/** Plain JavaScript, as a thread that begins with a text knows no TypeScript. */
const program = `
const { driver, file, pragmas, statements } = require("node:worker_threads").workerData;
try {
  const db = new (require(driver))(file);
  for (const pragma of pragmas) db.pragma(pragma);
  for (const statement of statements) db.exec(statement);
  db.close();
} catch (error) {
  // The driver's own errors lose their message on the way out of a thread.
  throw new Error(error.message);
}
`;

/**
 * Runs statements on a database in a thread of its own, one after the other: an index of a million rows takes most of a second, in
 * which nobody would be answered here. Rejects with what SQLite says, or with the signal's reason, once the thread has ended.
 */
export async function runOnThread(
  file: string,
  { pragmas, statements }: { pragmas: readonly string[]; statements: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const driver = createRequire(import.meta.url).resolve("better-sqlite3");
  const workerData = { driver, file, pragmas, statements };
  const worker = new Worker(program, { eval: true, execArgv: [], workerData });
  const end = () => void worker.terminate();
  signal.addEventListener("abort", end, { once: true });
  try {
    await once(worker, "exit");
  } finally {
    signal.removeEventListener("abort", end);
  }
  signal.throwIfAborted();
}

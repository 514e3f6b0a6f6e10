import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import type { Category } from "../../match/event.ts";

/**
 * Compares the streams on disk with those the server at `url` offers, and rejects with `StoreCorrupted` when it left one out.
 * nats-server 2.15.1 starts without a word on its connection when a stream's metadata is damaged; we would then make a new, empty
 * stream in its place. A stream that holds no message yet is no loss: a server killed while it made one leaves such a directory.
 */
export async function requireWholeStore(storeDir: string, url: string): Promise<void> {
  const onDisk = await streamsWithMessages(join(storeDir, "jetstream", "$G", "streams"));
  if (onDisk.length === 0) return;
  const offered = await offeredStreams(url);
  const lost = onDisk.filter((name) => !offered.has(name));
  if (lost.length > 0) throw new StoreCorrupted(storeDir, lost);
}

export class StoreCorrupted extends Error {
  override readonly name = "StoreCorrupted";
  readonly category: Category = "permanent";
  readonly storeDir: string;
  /** The streams that are on disk and could not be read. */
  readonly streams: readonly string[];

  constructor(storeDir: string, streams: readonly string[]) {
    super(
      `the store in ${storeDir} is damaged: nats-server cannot read stream ${streams.join(", ")}, whose messages are there. ` +
        "Bring the directory back from a backup, or move it away to begin with an empty log",
    );
    this.storeDir = storeDir;
    this.streams = streams;
  }
}

async function streamsWithMessages(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  const full = await Promise.all(names.map((name) => hasMessages(join(dir, name, "msgs"))));
  return names.filter((_, index) => full[index]);
}

async function hasMessages(dir: string): Promise<boolean> {
  for (const name of await readdir(dir).catch(() => [])) {
    if (name.endsWith(".blk") && (await stat(join(dir, name))).size > 0) return true;
  }
  return false;
}

async function offeredStreams(url: string): Promise<Set<string>> {
  const connection = await connect({ servers: url, reconnect: false });
  try {
    const manager = await jetstreamManager(connection);
    const names = new Set<string>();
    for await (const name of manager.streams.names()) names.add(name);
    return names;
  } finally {
    await connection.close();
  }
}

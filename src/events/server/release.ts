import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { extract } from "tar";

export const releaseVersion = "2.15.1";
export const releaseBase = "https://github.com/nats-io/nats-server/releases/download";

export interface Release {
  /** Address under which `v<version>/<archive>` lies. */
  base: string;
  version: string;
  /** An offline machine must move on at once; the list of checksums is a few kB, so whoever does not serve it in this time is away. Default 5 s. */
  answerWithinMs?: number;
}

const defaultAnswerWithinMs = 5_000;
/** About 6 MB: 50 kB/s is enough. */
const downloadWithinMs = 120_000;

/** Downloads the official archive into `dir`, checks it against the release's SHA256SUMS and returns the path of the binary. Rejects with a readable reason. */
export async function fetchRelease(release: Release, dir: string, onProgress: (text: string) => void): Promise<string> {
  const archive = archiveName(release.version, process.platform, process.arch);
  const address = `${release.base}/v${release.version}`;
  const sums = (await get(`${address}/SHA256SUMS`, release.answerWithinMs ?? defaultAnswerWithinMs)).toString("utf8");
  const expected = checksumOf(sums, archive);
  if (expected === null) throw new Error(`${address}/SHA256SUMS does not list ${archive}`);

  onProgress(`downloading ${address}/${archive}`);
  const body = await get(`${address}/${archive}`, downloadWithinMs);
  const actual = createHash("sha256").update(body).digest("hex");
  if (actual !== expected)
    throw new Error(`the SHA-256 of ${address}/${archive} is ${actual}, but SHA256SUMS says ${expected}`);

  const file = join(dir, archive);
  await writeFile(file, body);
  await extract({ file, cwd: dir, strip: 1, filter: (path) => path.endsWith("/nats-server") });
  return join(dir, "nats-server");
}

const platforms: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", darwin: "darwin", freebsd: "freebsd" };
const architectures: Partial<Record<NodeJS.Architecture, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "arm7",
  ia32: "386",
};

export function archiveName(version: string, platform: NodeJS.Platform, arch: NodeJS.Architecture): string {
  const [os, cpu] = [platforms[platform], architectures[arch]];
  if (os === undefined || cpu === undefined)
    throw new Error(`there is no release archive that we can unpack for ${platform} on ${arch}`);
  return `nats-server-v${version}-${os}-${cpu}.tar.gz`;
}

/** `sums` as sha256sum writes it: digest, blanks (or ` *`), name. */
function checksumOf(sums: string, name: string): string | null {
  for (const line of sums.split("\n")) {
    const match = /^([0-9a-f]{64})\s+\*?(.+?)\s*$/i.exec(line);
    if (match?.[2] === name) return match[1]?.toLowerCase() ?? null;
  }
  return null;
}

async function get(url: string, withinMs: number): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(withinMs) }).catch((cause: unknown) => {
    throw new Error(`${url} does not answer: ${whyUnreachable(cause, withinMs)}`, { cause });
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} answers ${response.status} ${response.statusText}`);
  }
  try {
    return Buffer.from(await response.arrayBuffer());
  } catch (cause) {
    throw new Error(`${url} broke off: ${whyUnreachable(cause, withinMs)}`, { cause });
  }
}

/** `fetch` hides the reason in `cause`, and an AggregateError there (both address families refused) has an empty message. */
function whyUnreachable(error: unknown, withinMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `not within ${withinMs / 1000} s`;
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.map((one) => whyUnreachable(one, withinMs)).join(", ");
  return error.cause === undefined ? error.message : whyUnreachable(error.cause, withinMs);
}

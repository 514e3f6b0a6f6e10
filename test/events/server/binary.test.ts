import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { create } from "tar";
import { expect, onTestFinished, test } from "vitest";
import { type FindOptions, findServerBinary, NoServerBinary } from "../../../src/events/server/binary.ts";
import { archiveName, releaseVersion } from "../../../src/events/server/release.ts";
import { isNewEnough } from "../../../src/events/server/version.ts";
import { testBinary } from "../../support/server.ts";
import { tempDir } from "../../support/temp.ts";

const execute = promisify(execFile);

const newVersion = "2.98.7";

test("the tests' own server, found or fetched before the first test, is new enough", async () => {
  const found = await testBinary();
  expect(isNewEnough(found.version)).toBe(true);
  expect(existsSync(found.path)).toBe(true);
});

test("a server on PATH that is too old, or broken, is looked past", async () => {
  const old = binDir("2.9.10");
  const broken = binDir("2.15.1", "exit 3");
  const good = binDir(newVersion);
  const found = await findServerBinary({ ...offline(), path: [old, broken, good].join(":") });
  expect(found).toEqual({ path: join(good, "nats-server"), version: newVersion, from: "path" });
});

test("when nothing works the error names each way, why it failed, and what would help", async () => {
  const options = offline({ path: binDir("2.12.0") });
  const error = await failure(findServerBinary(options));
  expect(error.category).toBe("permanent");
  expect(error.tried.map(({ way }) => way)).toEqual(["path", "cache", "release", "debian"]);
  expect(error.message).toContain(`${options.path}/nats-server is 2.12.0; fulltime needs 2.12.1 or newer`);
  expect(error.message).toContain(`${options.cacheDir} holds none`);
  expect(error.message).toContain(
    `${options.release?.base}/v${releaseVersion}/SHA256SUMS does not answer: connect ECONNREFUSED`,
  );
  expect(error.message).toContain("apt-get is not on PATH");
  expect(error.message).toContain("FULLTIME_NATS_URL");
});

test("a release is downloaded once, checked, cached, and taken from the cache when the machine is offline", async () => {
  const cacheDir = tempDir();
  const release = await serveRelease({});
  const progress: string[] = [];
  const options: FindOptions = { ...offline({ cacheDir }), release: { base: release.base, version: newVersion } };
  const path = join(cacheDir, `nats-server-${newVersion}`);

  expect(await findServerBinary({ ...options, onProgress: (text) => progress.push(text) })).toEqual({
    path,
    version: newVersion,
    from: "release",
  });
  expect(progress.join("\n")).toContain(`downloading ${release.base}`);
  release.server.close();
  release.server.closeAllConnections();
  expect(await findServerBinary(options)).toEqual({ path, version: newVersion, from: "cache" });
  expect(readdirSync(cacheDir)).toEqual([`nats-server-${newVersion}`]);
});

test.for([
  [
    "an archive that does not have its checksum",
    { sums: (name: string) => `${"0".repeat(64)}  ${name}\n` },
    /the SHA-256 of .* is [0-9a-f]{64}, but SHA256SUMS says 0{64}/,
  ],
  [
    "a list of checksums without the archive",
    { sums: () => `${"0".repeat(64)}  nats-server-v1.0.0-plan9-mips.tar.gz\n` },
    /does not list nats-server-v/,
  ],
  ["a release that does not exist", { served: "2.0.0" }, /answers 404/],
  ["an archive that holds an older server than it says", { holds: "2.9.10" }, /is 2\.9\.10; fulltime needs/],
  ["an archive whose server does not run", { script: "echo no such luck >&2; exit 1" }, /does not run: no such luck/],
] as const)("%s is refused and leaves nothing in the cache", async ([, served, reason]) => {
  const cacheDir = tempDir();
  const { base } = await serveRelease(served);
  const error = await failure(findServerBinary({ ...offline({ cacheDir }), release: { base, version: newVersion } }));
  expect(error.tried.find(({ way }) => way === "release")?.reason).toMatch(reason);
  expect(readdirSync(cacheDir)).toEqual([]);
});

test("a release server that accepts and stays silent is given up in time", async () => {
  const mute = createServer(() => {});
  await new Promise<void>((done) => mute.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    mute.close();
    mute.closeAllConnections();
  });
  const base = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  const error = await failure(findServerBinary({ ...offline(), release: { base, answerWithinMs: 100 } }));
  expect(error.message).toContain("does not answer: not within 0.1 s");
});

test("processes that fetch into one cache at once leave one whole binary", async () => {
  const cacheDir = tempDir();
  const { base } = await serveRelease({});
  const options: FindOptions = { ...offline({ cacheDir }), release: { base, version: newVersion } };
  const module = pathToFileURL(join(import.meta.dirname, "../../../src/events/server/binary.ts")).href;
  const code = `import { findServerBinary } from ${JSON.stringify(module)};
    const options = ${JSON.stringify(options)};
    const found = await Promise.all([1, 2, 3].map(() => findServerBinary(options)));
    console.log(JSON.stringify(found.map(({ path }) => path)));`;
  const run = () => execute(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code]);
  const answers = await Promise.all([run(), run(), run()]);
  const path = join(cacheDir, `nats-server-${newVersion}`);
  for (const { stdout } of answers) expect(JSON.parse(stdout)).toEqual([path, path, path]);
  expect(readdirSync(cacheDir)).toEqual([`nats-server-${newVersion}`]);
});

test("a damaged binary in the cache is fetched again; the half-done work of a killed fetch is cleared away", async () => {
  const cacheDir = tempDir();
  writeFileSync(join(cacheDir, `nats-server-${newVersion}`), "half a binary", { mode: 0o755 });
  const abandoned = join(cacheDir, ".staging-abandoned");
  mkdirSync(abandoned);
  utimesSync(abandoned, 0, 0);
  mkdirSync(join(cacheDir, ".staging-under-way"));
  const { base } = await serveRelease({});
  const found = await findServerBinary({ ...offline({ cacheDir }), release: { base, version: newVersion } });
  expect(found.from).toBe("release");
  expect(readdirSync(cacheDir).sort()).toEqual([".staging-under-way", `nats-server-${newVersion}`]);
});

test("archives are named as the project names them", () => {
  expect(archiveName("2.15.1", "linux", "x64")).toBe("nats-server-v2.15.1-linux-amd64.tar.gz");
  expect(archiveName("2.15.1", "darwin", "arm64")).toBe("nats-server-v2.15.1-darwin-arm64.tar.gz");
  expect(() => archiveName("2.15.1", "win32", "x64")).toThrow("win32 on x64");
});

async function failure(found: Promise<unknown>): Promise<NoServerBinary> {
  const error = await found.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof NoServerBinary)) throw new Error(`expected NoServerBinary, got ${String(error)}`);
  return error;
}

/** No way leads anywhere unless the test opens it: nothing on PATH, nobody on the release's port (fetch refuses port 1 by itself). */
function offline(given: FindOptions = {}): FindOptions {
  return { path: "", cacheDir: tempDir(), release: { base: "http://127.0.0.1:2" }, ...given };
}

function binDir(version: string, script?: string): string {
  const dir = tempDir();
  writeScript(join(dir, "nats-server"), version, script);
  return dir;
}

function writeScript(file: string, version: string, script = `echo "nats-server: v${version}"`): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

interface Served {
  /** The version that lies on the server. */
  served?: string;
  /** The version the binary in it says it is. */
  holds?: string;
  script?: string;
  sums?: (archive: string) => string;
}

async function serveRelease({
  served = newVersion,
  holds = served,
  script,
  sums,
}: Served): Promise<{ base: string; server: Server }> {
  const dir = tempDir();
  const name = archiveName(served, process.platform, process.arch);
  const top = name.replace(".tar.gz", "");
  mkdirSync(join(dir, top));
  writeScript(join(dir, top, "nats-server"), holds, script);
  writeFileSync(join(dir, top, "README.md"), "not wanted");
  await create({ gzip: true, cwd: dir, file: join(dir, name) }, [top]);
  const archive = readFileSync(join(dir, name));
  const digest = createHash("sha256").update(archive).digest("hex");
  const files = new Map<string, string | Buffer>([
    [`/v${served}/SHA256SUMS`, sums?.(name) ?? `${"1".repeat(64)}  something-else.zip\n${digest}  ${name}\n`],
    [`/v${served}/${name}`, archive],
  ]);
  const server = createServer((request, response) => {
    const body = files.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

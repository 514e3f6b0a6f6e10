import { execFile } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { debianMirror } from "./apt-sources.ts";
import { findOnPath } from "./executable.ts";

const run = promisify(execFile);

export interface Debian {
  /** Where apt's configuration lies, normally `/etc/apt`. */
  etc: string;
  /** PATH-like list on which apt-get and dpkg-deb are looked for. */
  path: string;
}

/**
 * Downloads packages of a suite, unpacks them over each other and hands the directory to `use`; it is gone afterwards. apt does
 * it, so the packages are checked against the archive's signature, but in a private state: nothing is installed and no list or
 * cache of the system changes. What they depend on does not come with them. Rejects with a readable reason.
 */
export async function withDebianFiles<T>(
  debian: Debian,
  suite: string,
  packages: readonly string[],
  onProgress: (text: string) => void,
  use: (dir: string) => Promise<T>,
): Promise<T> {
  const aptGet = await findOnPath("apt-get", debian.path);
  const dpkgDeb = await findOnPath("dpkg-deb", debian.path);
  if (aptGet === null || dpkgDeb === null)
    throw new Error(`${aptGet === null ? "apt-get" : "dpkg-deb"} is not on PATH`);
  const mirror = await debianMirror(debian.etc);
  if (mirror === null) throw new Error(`no source under ${debian.etc} is a Debian mirror`);
  const keyring = await findKeyring();

  // apt drops its rights while it downloads and could not pass through a private home directory.
  const state = await mkdtemp(join(tmpdir(), "fulltime-apt-"));
  try {
    await chmod(state, 0o755);
    await writeState(state, debian.path, [
      `Types: deb`,
      `URIs: ${mirror}`,
      `Suites: ${suite}`,
      `Components: main`,
      `Targets: Packages`,
      `Signed-By: ${keyring}`,
    ]);
    const options = {
      cwd: join(state, "package"),
      env: { ...process.env, APT_CONFIG: join(state, "apt.conf"), LC_ALL: "C" },
      timeout: 180_000,
    };
    onProgress(`reading the package list of ${suite} from ${mirror}`);
    await run(aptGet, ["--quiet=2", "update"], options);
    onProgress(`downloading ${packages.join(", ")} from ${mirror}`);
    await run(aptGet, ["--quiet=2", "download", ...packages], options);
    const debs = await readdir(options.cwd);
    if (debs.length === 0) throw new Error(`apt-get download left no package`);
    for (const deb of debs) await run(dpkgDeb, ["-x", join(options.cwd, deb), join(state, "files")], options);
    return await use(join(state, "files"));
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

async function writeState(state: string, path: string, source: string[]): Promise<void> {
  for (const sub of ["parts", "none", "lists/partial", "cache/archives/partial", "package"])
    await mkdir(join(state, sub), { recursive: true });
  await writeFile(join(state, "parts", "debian.sources"), `${source.join("\n")}\n`);
  await writeFile(join(state, "status"), "");
  await writeFile(join(state, "apt.conf"), `${await acquireSettings(path)}\n${aptConf(state)}`);
}

/**
 * The system's own apt.conf and its parts are left out, since their hooks run after every update, whatever state it was for
 * (docker-clean empties the system's cache). `Error-Mode`: without it an update that fetched nothing succeeds.
 */
function aptConf(state: string): string {
  const settings: Record<string, string> = {
    "Dir::Etc::main": "/dev/null",
    "Dir::Etc::parts": join(state, "none"),
    "Dir::Etc::sourcelist": "/dev/null",
    "Dir::Etc::sourceparts": join(state, "parts"),
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": join(state, "none"),
    "Dir::State::lists": join(state, "lists"),
    "Dir::State::status": join(state, "status"),
    "Dir::Cache": join(state, "cache"),
    "APT::Update::Error-Mode": "any",
    "Acquire::Retries": "0",
    "Acquire::http::Timeout": "10",
    "Acquire::https::Timeout": "10",
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${JSON.stringify(value)};\n`)
    .join("");
}

/** The proxy and the rest of how this machine reaches a mirror, in apt.conf's own syntax. */
async function acquireSettings(path: string): Promise<string> {
  const aptConfig = await findOnPath("apt-config", path);
  if (aptConfig === null) return "";
  const { stdout } = await run(aptConfig, ["dump"], { timeout: 10_000 });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("Acquire::"))
    .join("\n");
}

async function findKeyring(): Promise<string> {
  const names = ["debian-archive-keyring.pgp", "debian-archive-keyring.gpg"];
  for (const name of names) {
    const file = join("/usr/share/keyrings", name);
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  throw new Error("the Debian archive keyring is not installed (package debian-archive-keyring)");
}

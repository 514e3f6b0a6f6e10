import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { debianMirror } from "../../../src/events/server/apt-sources.ts";
import { fetchDebian } from "../../../src/events/server/debian.ts";
import { findOnPath, serverVersion } from "../../../src/events/server/executable.ts";
import { isNewEnough } from "../../../src/events/server/version.ts";
import { tempDir } from "../../support/temp.ts";

const path = process.env.PATH ?? "";
const hasApt = (await findOnPath("apt-get", path)) !== null && (await findOnPath("dpkg-deb", path)) !== null;
const silent = () => {};

describe("the machine's Debian mirror", () => {
  test("is read from one-line sources, past third parties, security and comments", async () => {
    const etc = aptDir({
      "sources.list": [
        "# deb http://commented.example/debian bookworm main",
        "deb-src http://sources.example/debian bookworm main",
        "deb http://security.example/debian-security bookworm-security main",
        "deb [arch=amd64 signed-by=/k.gpg] https://third.example/apt bookworm-pgdg main",
        "deb https://docker.example/linux/debian bookworm stable",
        "deb [arch=amd64] http://mirror.example/any/path bookworm main contrib # ours",
      ].join("\n"),
    });
    expect(await debianMirror(etc)).toBe("http://mirror.example/any/path");
  });

  test("is read from deb822 sources, past disabled stanzas, with continued fields", async () => {
    const etc = aptDir({
      "sources.list.d/a.sources":
        "Types: deb\nURIs: http://off.example/debian\nSuites: trixie\nComponents: main\nEnabled: no\n",
      "sources.list.d/b.sources": [
        "Types: deb\nURIs: http://node.example\nSuites: nodistro\nComponents: main\n",
        "# a comment\nTypes: deb deb-src\nURIs:\n http://mirror.example/debian\nSuites: trixie\n# within\n trixie-updates\nComponents: main\nSigned-By: /k.gpg\n",
      ].join("\n"),
      "sources.list.d/c.list.save": "deb http://saved.example/debian trixie main\n",
    });
    expect(await debianMirror(etc)).toBe("http://mirror.example/debian");
  });

  test("is null where there is none", async () => {
    expect(await debianMirror(join(tempDir(), "missing"))).toBeNull();
    expect(await debianMirror(aptDir({ "sources.list": "deb http://archive.example/ubuntu noble main\n" }))).toBeNull();
  });
});

test("without apt, or without a mirror, the reason says so", async () => {
  await expect(fetchDebian({ etc: "/etc/apt", path: tempDir() }, tempDir(), silent)).rejects.toThrow(
    "apt-get is not on PATH",
  );
});

describe.runIf(hasApt)("with the real apt", () => {
  test("a machine without a mirror is told so", async () => {
    const etc = aptDir({});
    await expect(fetchDebian({ etc, path }, tempDir(), silent)).rejects.toThrow(
      `no source under ${etc} is a Debian mirror`,
    );
  });

  test("a mirror that cannot be reached is named, and no state is left", async () => {
    vi.stubEnv("TMPDIR", tempDir());
    onTestFinished(() => void vi.unstubAllEnvs());
    const etc = aptDir({ "sources.list": "deb http://127.0.0.1:1/debian bookworm main\n" });
    await expect(fetchDebian({ etc, path }, tempDir(), silent)).rejects.toMatchObject({
      stderr: expect.stringContaining("127.0.0.1:1"),
    });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("fulltime-apt-"))).toEqual([]);
  });

  // Wants a network and a mirror: the set-up of the whole suite does the same on a machine that has no nats-server and no way to the release.
  test.runIf(process.env.FULLTIME_TEST_DEBIAN === "1")(
    "the package is fetched and the system's own apt state stays as it is",
    async () => {
      const system = [
        "/var/lib/apt/lists",
        "/var/lib/apt/lists/partial",
        "/var/cache/apt",
        "/var/cache/apt/archives",
        "/var/lib/dpkg/status",
      ];
      const look = () => system.map((name) => statSync(name, { throwIfNoEntry: false })?.mtimeMs);
      const before = look();
      const file = await fetchDebian({ etc: "/etc/apt", path }, tempDir(), silent);
      expect(isNewEnough(await serverVersion(file))).toBe(true);
      expect(look()).toEqual(before);
    },
  );
});

function aptDir(files: Record<string, string>): string {
  const dir = tempDir();
  mkdirSync(join(dir, "sources.list.d"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

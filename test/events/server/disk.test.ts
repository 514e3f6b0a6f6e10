import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DataDirUnusable, DiskFull, diskFree, prepareDataDir } from "../../../src/events/server/disk.ts";
import { tempDir } from "../../support/temp.ts";

test("the free share of a disk lies between 0 and 100 and agrees with its bytes", async () => {
  const { freeBytes, totalBytes, percent } = await diskFree(tempDir());
  expect(totalBytes).toBeGreaterThan(freeBytes);
  expect(percent).toBeCloseTo((100 * freeBytes) / totalBytes, 6);
});

test("a data directory is made with its parents; an existing one is as good", async () => {
  const dir = join(tempDir(), "a", "b");
  await prepareDataDir(dir);
  await prepareDataDir(dir);
  expect(statSync(dir).isDirectory()).toBe(true);
});

test("a file in its place, or above it, is named", async () => {
  const file = join(tempDir(), "data");
  writeFileSync(file, "");
  for (const dir of [file, join(file, "log")]) {
    const error = await prepareDataDir(dir).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataDirUnusable);
    expect(error).toMatchObject({
      dir,
      category: "permanent",
      message: expect.stringContaining("is a file or lies below one"),
    });
  }
});

// Root may write anywhere but in the kernel's own file systems.
test.runIf(process.platform === "linux")("one that cannot be written is named", async () => {
  const readOnly = join(tempDir(), "read-only");
  mkdirSync(readOnly, { mode: 0o555 });
  const dir = process.getuid?.() === 0 ? "/sys/fulltime" : readOnly;
  await expect(prepareDataDir(dir)).rejects.toThrow(`cannot keep data in ${dir}`);
});

test.runIf(process.platform === "linux")(
  "one that the system will never have is named, and not asked for without end",
  async () => {
    await expect(prepareDataDir("/proc/fulltime/data")).rejects.toThrow("cannot keep data in /proc/fulltime/data");
  },
);

test("less than 5 % free is refused with the directory and the share", async () => {
  const dir = tempDir();
  const measured = (percent: number) => () => Promise.resolve({ freeBytes: percent, totalBytes: 100, percent });
  await prepareDataDir(dir, measured(5));
  const error = await prepareDataDir(dir, measured(4.94)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DiskFull);
  expect(error).toMatchObject({ dir, freePercent: 4.94, message: expect.stringMatching(/ is 4\.9 % free/) });
});

import { readFileSync } from "node:fs";

/** Resident memory of a process now; null where there is no /proc. */
export function rssMiB(pid: number): number | null {
  return memoryMiB(pid, "VmRSS");
}

/** The most memory a process ever had resident; null where there is no /proc. */
export function peakRssMiB(pid: number): number | null {
  return memoryMiB(pid, "VmHWM");
}

function memoryMiB(pid: number, name: string): number | null {
  try {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}

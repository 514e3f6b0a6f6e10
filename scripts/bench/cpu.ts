import { readFileSync } from "node:fs";

/** Kernel ticks a second, the same on every Linux that runs Node. */
const ticks = 100;

/** CPU seconds a process has used since its start, in user and kernel mode; null where there is no /proc. */
export function cpuSeconds(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name, in parentheses, may hold spaces: fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  } catch {
    return null;
  }
}

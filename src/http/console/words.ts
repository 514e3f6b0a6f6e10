/** Numbers and durations as the console's pages say them. */

const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });

/** `12,345` */
export function number(value: number): string {
  return grouped.format(value);
}

/** `1 match`, `3 matches`, `no matches`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return n === 0 ? `no ${many}` : `${number(n)} ${n === 1 ? one : many}`;
}

/** Two decimals at most, rounded down: what is not whole never reads as 100 %. */
export function percent(value: number): string {
  return `${grouped.format(Math.floor(value * 100) / 100)} %`;
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** The two largest units: `2 h 5 min`, `40 s`; `250 ms` below a second. */
export function duration(ms: number): string {
  const length = Math.abs(ms);
  if (length < 1000) return `${Math.round(length)} ms`;
  const from = units.findIndex(([, unit]) => length >= unit);
  const [[name, unit], next] = [units[from] ?? units[3], units[from + 1]];
  const whole = Math.floor(length / unit);
  const rest = next === undefined ? 0 : Math.floor((length - whole * unit) / next[1]);
  return rest === 0 || next === undefined ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next[0]}`;
}

/** `in 2 h 5 min`, `40 s ago`, `now`. */
export function relative(at: number, now: number): string {
  const away = at - now;
  if (Math.abs(away) < 1000) return "now";
  return away > 0 ? `in ${duration(away)}` : `${duration(away)} ago`;
}

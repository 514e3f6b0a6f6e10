/** A bench at a size that takes minutes rather than hours. Its ratios are compared with those recorded at the same size. */
export interface ShortForm {
  bench: string;
  size: number;
  runs: number;
}

/** Those without a ratio are left out: a latency or a slope of memory says nothing on another machine. */
export const shortForms: readonly ShortForm[] = [
  { bench: "pipeline", size: 2000, runs: 3 },
  { bench: "rebuild", size: 200_000, runs: 3 },
  { bench: "nodes", size: 2000, runs: 3 },
  { bench: "million", size: 10_000, runs: 3 },
  { bench: "burst", size: 400, runs: 1 },
];

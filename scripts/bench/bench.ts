/** One comparison of ours with the obvious alternative, on one machine, in one run. */
export interface Bench {
  /** What is compared, for `--help`. */
  about: string;
  /** What `--size` counts, how many of it the published figures are for, and a plainer name of that option. */
  size: { of: string; standard: number; option?: string };
  run(context: BenchContext): Promise<Measured>;
}

export interface BenchContext {
  size: number;
  /** How often each side runs; the medians are told. */
  runs: number;
  /** A directory of the bench's own, removed when it ends, however it ends. */
  dir: string;
  /**
   * The program's cache, where nats-server is found. Whatever takes long to make is kept there as `bench-...`, named by its
   * shape and version.
   */
  cacheDir: string;
  /** Aborts with Ctrl-C: stop what was started, then throw its reason. */
  signal: AbortSignal;
  /** Progress, for people; stdout belongs to the result. */
  say(text: string): void;
}

/** Figures of one side by name, the unit last: `eventsPerSecond`, `rssMiB`, `userCpuSeconds`. null: cannot be told here. */
export type Figures = Record<string, number | null>;

export interface Measured {
  /** By name of the side. A side that cannot run here is left out, and a note says why. */
  sides: Record<string, Figures>;
  /** Ours to theirs, greater is better; null when one of them was left out. */
  ratio: number | null;
  /** Other ratios of this run worth guarding, by name; greater is better. */
  ratios?: Record<string, number>;
  /** Of programs and packages beside those every bench names. */
  versions?: Record<string, string>;
  /** What bounds it, what was left out: sentences for people. */
  notes?: string[];
}

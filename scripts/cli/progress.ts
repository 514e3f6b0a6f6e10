import { type Bar, MultiBar, Presets } from "cli-progress";
import { say } from "./output.ts";

export interface Progress {
  update(value: number, total: number, note: string): void;
  /** A line of its own; it does not tear the bar. */
  line(text: string): void;
  stop(): void;
}

/** One bar on a terminal, one line for each 10 % elsewhere. `what` is what is counted: `settled`. On stderr. */
export function createProgress(what: string): Progress {
  return process.stderr.isTTY ? bar(what) : lines(what);
}

function bar(what: string): Progress {
  const format = `{bar} {percentage}%  {value} of {total} ${what}  {note}`;
  const bars = new MultiBar(
    { format, hideCursor: true, stream: process.stderr, linewrap: false },
    Presets.shades_classic,
  );
  let only: Bar | null = null;
  let stopped = false;
  return {
    update(value, total, note) {
      if (stopped) return;
      only ??= bars.create(total, value, { note });
      only.setTotal(total);
      only.update(value, { note });
    },
    line(text) {
      // A bar that stands still draws no lines any more.
      if (only === null || stopped) say(text);
      else bars.log(`${text}\n`);
    },
    stop() {
      stopped = true;
      bars.stop();
    },
  };
}

function lines(what: string): Progress {
  let next = 10;
  return {
    update(value, total, note) {
      const percent = total === 0 ? 0 : Math.floor((100 * value) / total);
      if (percent < next) return;
      next = Math.floor(percent / 10) * 10 + 10;
      say(`${percent} %  ${value} of ${total} ${what}  ${note}`.trimEnd());
    },
    line: say,
    stop: () => {},
  };
}

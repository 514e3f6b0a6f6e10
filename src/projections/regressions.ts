import { modelsOf } from "./by-model.ts";
import type { Db } from "./db.ts";
import { sum } from "./model-sums.ts";
import { sumsQuery } from "./panel.ts";
import { type PanelFilter, type PanelParams, panelParams, scoresWhere } from "./panel-filter.ts";
import { score, type ScoreRow, scoreWidth } from "./scored.ts";

/** A model that has fallen behind the others of late, by more than chance. RPS against the mean of all that answered the match. */
export interface Regression {
  model: string;
  /** Kick-offs from here on are "of late", epoch milliseconds. */
  since: number;
  /** Settled answers of late, and before. */
  n: number;
  nBefore: number;
  /** Mean difference from the others of late, and before; positive is worse. */
  late: number;
  before: number;
  /** `late - before` in standard errors. */
  errors: number;
}

const recentMs = 60 * 86_400_000;
/** Fewer answers tell nothing. */
const fewest = 30;
/** Of 42 models, one passes two standard errors by chance alone; three and a quarter, one table in forty. */
const errorsMin = 3.25;

/** Differences from the mean of a match: how many, their sum, that of their squares. */
interface Sums {
  n: number;
  sum: number;
  squares: number;
}

type Late = Pick<ScoreRow, "answered" | "models" | "numbers">;

export function regressionQueries(db: Db) {
  const sumsOf = sumsQuery(db);

  /** Of the last sixty days, which have to be walked: a few thousand matches, whatever came before. */
  function lateSums(filter: PanelFilter, since: number): LateSums {
    const rows = db.prepare<[PanelParams & { since: number }], Late>(
      `SELECT answered, models, numbers ${scoresWhere(filter)} AND kickoff >= @since ORDER BY kickoff, match_id`,
    );
    const late = new LateSums();
    for (const row of rows.iterate({ ...panelParams(filter), since })) late.add(row);
    return late;
  }

  return {
    /** Worst first. */
    regressions(filter: PanelFilter): Regression[] {
      const all = sumsOf(filter).filter(({ of }) => of(sum.n) > 0);
      if (all.length === 0) return [];
      const newest = db.prepare<[PanelParams], { kickoff: number }>(
        `SELECT kickoff ${scoresWhere(filter)} AND answered > 0 ORDER BY kickoff DESC, match_id DESC LIMIT 1`,
      );
      const end = newest.get(panelParams(filter));
      if (end === undefined) return [];
      const since = end.kickoff - recentMs;
      const lateOnes = lateSums(filter, since);
      return all
        .flatMap(({ model, of }) => {
          const late = lateOnes.of(model);
          const before = {
            n: of(sum.n) - late.n,
            sum: of(sum.behind) - late.sum,
            squares: of(sum.behindSquares) - late.squares,
          };
          if (late.n < fewest || before.n < fewest) return [];
          const difference = late.sum / late.n - before.sum / before.n;
          const error = Math.sqrt(varianceOf(late) / late.n + varianceOf(before) / before.n);
          const errors = error === 0 ? 0 : difference / error;
          if (errors < errorsMin) return [];
          const means = { late: late.sum / late.n, before: before.sum / before.n };
          return { model, since, n: late.n, nBefore: before.n, ...means, errors };
        })
        .sort((a, b) => b.errors - a.errors || (a.model < b.model ? -1 : 1));
    },
  };
}

/** Sums by model, over rows that name the same models in the same text nearly always: 42 of them in four thousand rows. */
class LateSums {
  private readonly places = new Map<string, number>();
  private readonly placesOfText = new Map<string, Int32Array>();
  private sums = new Float64Array(0);
  /** Of the row at hand: a blob begins anywhere in memory and doubles do not. */
  private numbers = new Float64Array(0);

  of(model: string): Sums {
    const place = this.places.get(model);
    if (place === undefined) return { n: 0, sum: 0, squares: 0 };
    const [n = 0, sum = 0, squares = 0] = this.sums.subarray(place, place + 3);
    return { n, sum, squares };
  }

  add({ answered, models, numbers: packed }: Late): void {
    const places = this.placesOf(models);
    const length = places.length * scoreWidth;
    if (this.numbers.length < length) this.numbers = new Float64Array(length);
    const { sums, numbers } = this;
    new Uint8Array(numbers.buffer).set(packed);
    // Who did not answer has 0.
    let total = 0;
    for (let at: number = score.rps; at < length; at += scoreWidth) total += numbers[at] as number;
    const mean = total / answered;
    for (let i = 0; i < places.length; i++) {
      if (numbers[i * scoreWidth + score.fate] !== 0) continue;
      const behind = (numbers[i * scoreWidth + score.rps] as number) - mean;
      const at = places[i] as number;
      (sums[at] as number) += 1;
      (sums[at + 1] as number) += behind;
      (sums[at + 2] as number) += behind * behind;
    }
  }

  /** Where the sums of the models of such a text are. */
  private placesOf(text: string): Int32Array {
    let places = this.placesOfText.get(text);
    if (places === undefined) {
      places = Int32Array.from(modelsOf(text), (model) => this.placeOf(model));
      this.placesOfText.set(text, places);
    }
    return places;
  }

  private placeOf(model: string): number {
    let place = this.places.get(model);
    if (place === undefined) {
      this.places.set(model, (place = this.sums.length));
      const longer = new Float64Array(place + 3);
      longer.set(this.sums);
      this.sums = longer;
    }
    return place;
  }
}

/** The sample's. Differences are about .01, so their squares lose no digits that matter. */
function varianceOf({ n, sum: total, squares }: Sums): number {
  return Math.max(0, (squares - (total * total) / n) / (n - 1));
}

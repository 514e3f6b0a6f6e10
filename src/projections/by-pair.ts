import { modelsOf, type Packed } from "./by-model.ts";
import { type Scored, score, scoreWidth } from "./scored.ts";

/** Where each number of a pair is: of the matches that both answered, and of the differences, the earlier model less the later. */
export const pair = {
  n: 0,
  points: 1,
  pointsSquares: 2,
  rps: 3,
  rpsSquares: 4,
  logLoss: 5,
  logLossSquares: 6,
} as const;
const width = 7;

/** Where the numbers of two models begin, by their places: a model that comes later leaves the others where they are. */
export function placeOf(earlier: number, later: number): number {
  return ((later * (later - 1)) / 2 + earlier) * width;
}

/** Sums of the differences of each two models and of their squares, as one row of a table holds them. */
export class ByPair {
  readonly models: string[];
  private readonly places: Map<string, number>;
  private numbers: Float64Array;

  constructor(packed?: Packed) {
    this.models = packed === undefined ? [] : [...modelsOf(packed.models)];
    this.places = new Map(this.models.map((model, place) => [model, place]));
    this.numbers = new Float64Array(placeOf(0, this.models.length));
    // Copied, as a blob begins anywhere in memory and doubles do not.
    if (packed !== undefined) new Uint8Array(this.numbers.buffer).set(packed.numbers);
  }

  /** What the models did on a match. */
  observe({ models, byModel: { numbers: from } }: Scored): void {
    const places = this.placesOf(models);
    // By place: where in the match the numbers of a model that answered begin, else -1.
    const begins = new Int32Array(this.models.length).fill(-1);
    for (const [i, place] of places.entries()) {
      if (from[i * scoreWidth + score.fate] === 0) begins[place] = i * scoreWidth;
    }
    observePairs(this.numbers, from, begins);
  }

  /** What others have observed, or takes it back: but for rounding errors, which go with a pair's last match. */
  add(others: ByPair, sign: 1 | -1): void {
    const places = this.placesOf(others.models);
    const { numbers: from } = others;
    const { numbers: to } = this;
    for (let later = 1; later < places.length; later++) {
      for (let earlier = 0; earlier < later; earlier++) {
        const of = placeOf(earlier, later);
        if (from[of] === 0) continue;
        const [one, other] = [places[earlier] as number, places[later] as number];
        const turned = one > other;
        const at = turned ? placeOf(other, one) : placeOf(one, other);
        const n = (to[at] as number) + sign * (from[of] as number);
        if (n === 0) {
          to.fill(0, at, at + width);
          continue;
        }
        to[at] = n;
        for (let i = 1; i < width; i += 2) {
          (to[at + i] as number) += (turned ? -sign : sign) * (from[of + i] as number);
          to[at + i + 1] = Math.max(0, (to[at + i + 1] as number) + sign * (from[of + i + 1] as number));
        }
      }
    }
  }

  /** A copy: what is written must not change any more. */
  bytes(): Buffer {
    return Buffer.from(this.numbers.buffer.slice(0, this.numbers.byteLength));
  }

  /** Those that are new get theirs behind the others, all at once: 42 one by one would copy the pairs 42 times. */
  private placesOf(models: readonly string[]): number[] {
    for (const model of models) {
      if (this.places.has(model)) continue;
      this.places.set(model, this.models.length);
      this.models.push(model);
    }
    const length = placeOf(0, this.models.length);
    if (this.numbers.length < length) {
      const longer = new Float64Array(length);
      longer.set(this.numbers);
      this.numbers = longer;
    }
    return models.map((model) => this.places.get(model) as number);
  }
}

/** A plain loop over two arrays: 861 pairs a match are most of what a settlement's sums cost. */
function observePairs(to: Float64Array, from: Float64Array, begins: Int32Array): void {
  for (let later = 1; later < begins.length; later++) {
    const other = begins[later] as number;
    if (other < 0) continue;
    const points = from[other + score.points] as number;
    const rps = from[other + score.rps] as number;
    const logLoss = from[other + score.logLoss] as number;
    let at = placeOf(0, later);
    for (let earlier = 0; earlier < later; earlier++, at += width) {
      const one = begins[earlier] as number;
      if (one < 0) continue;
      const lessPoints = (from[one + score.points] as number) - points;
      const lessRps = (from[one + score.rps] as number) - rps;
      const lessLogLoss = (from[one + score.logLoss] as number) - logLoss;
      (to[at] as number) += 1;
      (to[at + 1] as number) += lessPoints;
      (to[at + 2] as number) += lessPoints * lessPoints;
      (to[at + 3] as number) += lessRps;
      (to[at + 4] as number) += lessRps * lessRps;
      (to[at + 5] as number) += lessLogLoss;
      (to[at + 6] as number) += lessLogLoss * lessLogLoss;
    }
  }
}

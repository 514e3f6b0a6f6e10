import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";

/** So many numbers of each of some models, as one row of a table holds them: 42 rows cost ten times as much as one of 42. */
export class ByModel {
  readonly models: string[];
  readonly width: number;
  numbers: Float64Array;

  constructor(width: number, packed?: Packed) {
    this.width = width;
    this.models = packed === undefined ? [] : [...modelsOf(packed.models)];
    this.numbers = new Float64Array(width * this.models.length);
    // Copied, as a blob begins anywhere in memory and doubles do not.
    if (packed !== undefined) new Uint8Array(this.numbers.buffer).set(packed.numbers);
  }

  /** Where a model's numbers begin; they are 0 at first. */
  of(model: string): number {
    const known = this.models.indexOf(model);
    if (known !== -1) return known * this.width;
    this.models.push(model);
    const longer = new Float64Array(this.width * this.models.length);
    longer.set(this.numbers);
    this.numbers = longer;
    return longer.length - this.width;
  }

  /** A copy: what is written must not change any more. */
  bytes(): Buffer {
    return Buffer.from(this.numbers.buffer.slice(0, this.numbers.byteLength));
  }
}

export interface Packed {
  /** JSON: names, in the order of their numbers. */
  models: string;
  /** Doubles as the machine keeps them. */
  numbers: Buffer;
}

const doubleBytes = 8;

/** One number of a packed row, without unpacking it: a walk over thousands of rows looks at few of them. */
export function numberAt(numbers: Buffer, at: number): number {
  return numbers.readDoubleLE(at * doubleBytes);
}

const parsed = new Map<string, readonly string[]>();
const parsedMax = 1000;

/** The roster changes seldom, so a thousand matches name the same models in the same text. */
export function modelsOf(text: string): readonly string[] {
  let models = parsed.get(text);
  if (models === undefined) {
    if (parsed.size >= parsedMax) parsed.clear();
    parsed.set(text, (models = JSON.parse(text) as string[]));
  }
  return models;
}

/** What a row of names and numbers is while it is added to. */
interface Numbers {
  readonly models: readonly string[];
  bytes(): Buffer;
}

/** Numbers of models that are added to as settlements come: one row a key. */
export interface KeptNumbers<Key extends object, N extends Numbers> {
  /** Of the rows and of what is not yet written; what the caller makes of them is written. */
  toChange(key: Key): N;
  forget(): void;
}

/** Keys whose numbers are in memory; of 42 models one has 16 kB, of their pairs 48. */
const keptMax = 500;

export function keepNumbers<Key extends object, N extends Numbers>(
  db: Db,
  rows: Rows,
  name: string,
  key: readonly (keyof Key & string)[],
  unpack: (packed?: Packed) => N,
): KeptNumbers<Key, N> {
  type Row = Key & Packed;
  const table = rows.table<Row>(name, key, ["models", "numbers"]);
  const select = db.prepare<[Key], Packed>(
    `SELECT models, numbers FROM ${name} WHERE ${key.map((column) => `${column} = @${column}`).join(" AND ")}`,
  );
  const kept = new Map<string, { numbers: N; row: Row }>();

  function known(of: Key) {
    let text = "";
    for (const column of key) text += `${String(of[column])}\0`;
    let known = kept.get(text);
    if (known === undefined) {
      // It may be one whose row is still held back.
      table.flush();
      if (kept.size >= keptMax) kept.clear();
      const numbers = unpack(select.get(of));
      kept.set(text, (known = { numbers, row: rowOf(of, numbers) }));
    }
    return known;
  }

  /** Packed when it is written, not at each of a thousand changes before. */
  function rowOf(of: Key, numbers: N): Row {
    return {
      ...of,
      get models() {
        return JSON.stringify(numbers.models);
      },
      get numbers() {
        return numbers.bytes();
      },
    };
  }

  return {
    toChange(of) {
      const { numbers, row } = known(of);
      table.put(row);
      return numbers;
    },
    forget: () => kept.clear(),
  };
}

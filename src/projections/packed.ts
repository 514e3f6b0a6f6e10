/**
 * A value as nested lists, for JSON that does not repeat the names of its fields: half the bytes, and less than half the time,
 * of the objects themselves.
 */
export interface Packing<T> {
  pack(value: T): unknown;
  /** Gives back what was packed, after JSON. */
  unpack(packed: unknown): T;
}

/** What JSON keeps as it is. */
export function plain<T>(): Packing<T> {
  return { pack: (value) => value, unpack: (packed) => packed as T };
}

/** `fallback` itself as null: for what is null, absent or untouched most of the time. */
export function unless<T, F>(fallback: F, packing: Packing<T>): Packing<T | F> {
  return {
    pack: (value) => (value === fallback ? null : packing.pack(value as T)),
    unpack: (packed) => (packed === null ? fallback : packing.unpack(packed)),
  };
}

export function list<T>(packing: Packing<T>): Packing<T[]> {
  return {
    pack: (values) => values.map(packing.pack),
    unpack: (packed) => (packed as unknown[]).map(packing.unpack),
  };
}

/** Every field, in the order of `packings`; the compiler misses the one that is left out. Of an optional one: `unless(undefined, …)`. */
export function fields<T extends object>(packings: { [K in keyof T]-?: Packing<T[K]> }): Packing<T> {
  const names = Object.keys(packings) as (keyof T)[];
  const each = names.map((name) => packings[name] as Packing<unknown>);
  return {
    pack(value) {
      const packed: unknown[] = [];
      // Not pushed: the first push makes room for seventeen, and most have two or three.
      packed.length = names.length;
      for (let at = 0; at < names.length; at++) packed[at] = each[at]?.pack(value[names[at] as keyof T]);
      return packed;
    },
    unpack(packed) {
      const value: Record<PropertyKey, unknown> = {};
      for (let at = 0; at < names.length; at++) {
        const field = each[at]?.unpack((packed as unknown[])[at]);
        if (field !== undefined) value[names[at] as keyof T] = field;
      }
      return value as T;
    },
  };
}

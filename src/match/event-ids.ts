/** Which event ids a log has had, and the sequence of each. */
export interface EventIds {
  /** undefined for an id that was never added. */
  sequenceOf(id: string): number | undefined;
  /** The caller has made sure that it is new. `sequence` is at least 1. */
  add(id: string, sequence: number): void;
}

/** Characters of a ULID, in groups that fit in 30 bits: the last group has two. */
const [length, group, words] = [26, 6, 5];
const slotsFirst = 1024;
/** Beyond, probing takes more steps than a larger table costs. */
const fullest = 0.7;

/**
 * ULIDs by their bits in typed arrays: 28 bytes a slot, and nothing for the garbage collector to walk. A Map of six million of them
 * takes a gigabyte. What is no ULID goes into one.
 */
export function createEventIds(): EventIds {
  const others = new Map<string, number>();
  const wanted = new Uint32Array(words);
  let slots = slotsFirst;
  let keys = new Uint32Array(slots * words);
  /** 0 marks an empty slot. */
  let sequences = new Float64Array(slots);
  let size = 0;

  /** Where `wanted` is, or the empty slot it would be put in. */
  function find(): number {
    let slot = hashOf(wanted) & (slots - 1);
    while (sequences[slot] !== 0 && !isAt(slot)) slot = (slot + 1) & (slots - 1);
    return slot;
  }

  function isAt(slot: number): boolean {
    for (let i = 0; i < words; i++) if (keys[slot * words + i] !== wanted[i]) return false;
    return true;
  }

  function grow(): void {
    const [oldKeys, oldSequences] = [keys, sequences];
    slots *= 2;
    keys = new Uint32Array(slots * words);
    sequences = new Float64Array(slots);
    for (const [slot, sequence] of oldSequences.entries()) {
      if (sequence === 0) continue;
      wanted.set(oldKeys.subarray(slot * words, (slot + 1) * words));
      put(sequence);
    }
  }

  function put(sequence: number): void {
    const slot = find();
    keys.set(wanted, slot * words);
    sequences[slot] = sequence;
  }

  return {
    sequenceOf(id) {
      if (!readUlid(id, wanted)) return others.get(id);
      return sequences[find()] || undefined;
    },
    add(id, sequence) {
      if (!readUlid(id, wanted)) {
        others.set(id, sequence);
        return;
      }
      put(sequence);
      if (++size > slots * fullest) grow();
    },
  };
}

/** Crockford's base 32, which leaves out I, L, O and U; 255 for anything else. */
const digits = new Uint8Array(128).fill(255);
for (const [value, digit] of Array.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ").entries())
  digits[digit.charCodeAt(0)] = value;

/** Whether the text is 26 digits; then `into` has them, six to a number. */
function readUlid(text: string, into: Uint32Array): boolean {
  if (text.length !== length) return false;
  for (let word = 0, at = 0; word < words; word++) {
    let bits = 0;
    for (const end = Math.min(length, at + group); at < end; at++) {
      const digit = digits[text.charCodeAt(at)] ?? 255;
      if (digit === 255) return false;
      bits = bits * 32 + digit;
    }
    into[word] = bits;
  }
  return true;
}

/** FNV-1a over numbers instead of bytes, and mixed once more: ULIDs of one millisecond differ in their last digits alone. */
function hashOf(numbers: Uint32Array): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < words; i++) hash = Math.imul(hash ^ (numbers[i] ?? 0), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}

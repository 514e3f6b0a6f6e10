/**
 * Whether two club ids may be two spellings of one name: what is left of them without words that many clubs have is the same,
 * or part of the other, give or take abbreviations and slips. Generous on purpose: a near name is looked at by a person.
 */
export function isNear(a: string, b: string): boolean {
  const [shorter, longer] = [wordsOf(a), wordsOf(b)].sort((x, y) => x.length - y.length) as [string[], string[]];
  return shorter.every((word) => longer.some((other) => isSameWord(word, other)));
}

/** Whether a club id is part of another: all its telling words are among the other's, letter by letter. `bristol` of `bristol-city`. */
export function isPartOf(a: string, b: string): boolean {
  const words = wordsOf(b);
  return a !== b && wordsOf(a).every((word) => words.includes(word));
}

/** Words that tell the kind of a club, not which one. */
const kinds = new Set(
  "ac acf afc aj as ass bc bk bsc ca calcio cd cf cfc club de fc fk foot football fsv hsc kv la le losc ogc osc rb rc rcd sc sco sd sk ss ssc stade sv tsg tsv uc ud us vfb vfl"
    .split(" ")
    .concat(["1"]),
);

function wordsOf(id: string): string[] {
  const words = id.split("-").filter((word) => word !== "");
  const telling = words.filter((word) => !kinds.has(word) && !/^\d+$/.test(word));
  return telling.length === 0 ? words : telling;
}

function isSameWord(a: string, b: string): boolean {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  if (shorter === longer) return true;
  if (shorter.length >= 2 && shorter.length <= 4) return isAbbreviation(shorter, longer);
  if (shorter.length >= 5 && longer.startsWith(shorter)) return true;
  return longer.length >= 5 && distance(shorter, longer) <= (longer.length >= 8 ? 2 : 1);
}

/** `bor` of `borussia`, `utd` of `united`: the first letter, then some of the others in their order. */
function isAbbreviation(short: string, word: string): boolean {
  if (short[0] !== word[0]) return false;
  let at = 0;
  for (const letter of short) {
    at = word.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

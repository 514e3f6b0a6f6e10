/** The three ids that share most with a mistyped one: pairs of letters, by Dice's coefficient. */
export function nearest(id: string, known: Iterable<string>): string[] {
  const wanted = pairsOf(id);
  return [...known]
    .map((it) => ({ it, likeness: likeness(wanted, pairsOf(it)) }))
    .sort((a, b) => b.likeness - a.likeness || (a.it < b.it ? -1 : 1))
    .slice(0, 3)
    .map(({ it }) => it);
}

function pairsOf(text: string): Set<string> {
  return new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => text.slice(i, i + 2)));
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = [...a].filter((pair) => b.has(pair)).length;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

import type { Remark } from "./rows.ts";

/** Words and numbers that some spellings of a club have and others leave out. */
const optional = /^(\d+|fc|afc|cf|sc|sv|tsg|vfl|vfb|fsv|spvgg|bsc|ac|as|ssc|ss|us|cd|ud|rcd|rc|ogc)$/;

/** Spellings that no rule brings together. */
const alike: Readonly<Record<string, string>> = {
  "bayern-munich": "bayern-munchen",
  "fc-koln": "koln",
  cologne: "koln",
  "hertha-berlin": "hertha-bsc",
  hertha: "hertha-bsc",
  "m-gladbach": "borussia-monchengladbach",
  mgladbach: "borussia-monchengladbach",
  "ein-frankfurt": "eintracht-frankfurt",
  "nottm-forest": "nottingham-forest",
  wolves: "wolverhampton-wanderers",
  qpr: "queens-park-rangers",
  spurs: "tottenham-hotspur",
};

/**
 * One id for each club of a competition whose spelling changed from one season to the next: a club that only seems new would
 * start like a promoted one. Two ids are one club when the words of one are in the other, shortened or not, and they never
 * play in the same season.
 */
export function reconcileClubs(
  competition: string,
  seasonsOfId: ReadonlyMap<string, ReadonlySet<string>>,
  remark: Remark,
): (id: string) => string {
  const oneId = new Map<string, string>();
  const seasons = new Map<string, Set<string>>();
  const of = (id: string) => oneId.get(id) ?? id;
  for (const [id, played] of seasonsOfId) {
    const known = [...seasons].filter(
      ([other, taken]) => isSame(other, id) && ![...played].some((it) => taken.has(it)),
    );
    const [other, taken] = known.length === 1 ? (known[0] ?? []) : [];
    if (other === undefined || taken === undefined) {
      seasons.set(id, new Set(played));
      continue;
    }
    remark(`${competition}: ${other} and ${id} are taken for one club`);
    oneId.set(id, other);
    for (const season of played) taken.add(season);
  }
  return of;
}

function isSame(a: string, b: string): boolean {
  return isPart(words(a), words(b)) || isPart(words(b), words(a));
}

function words(id: string): string[] {
  return (alike[id] ?? id).split("-").filter((word) => !optional.test(word));
}

function isPart(part: readonly string[], whole: readonly string[]): boolean {
  return part.length > 0 && part.every((word) => whole.some((other) => isShort(word, other) || isShort(other, word)));
}

function isShort(short: string, long: string): boolean {
  return short === long || (short.length >= 3 && long.startsWith(short));
}

/**
 * Our token for a club, from the name a source gives it: Latin letters without diacritics, `fc` and its like taken off
 * either end, so that `1. FC Köln`, `1. FC Koln` and `Köln` are one club. Lower-case `a-z0-9-`.
 *
 * null: the name has letters that do not fold into a-z, or none at all. Dropping them would merge clubs.
 */
export function teamId(name: string): string | null {
  const words = foldedWords(name);
  return words === null ? null : withoutClubWords(words).join("-");
}

/** The words of a club's name in a-z0-9, `fc` and its like among them; null as for `teamId`. */
export function foldedWords(name: string): readonly string[] | null {
  const folded = fold(name);
  if (/\p{L}/u.test(folded.replace(/[a-z]/g, "")) || !/[a-z]/.test(folded)) return null;
  return folded.replace(/['’`´]/g, "").match(/[a-z0-9]+/g) ?? [];
}

export interface MatchKey {
  /** Our competition id. */
  competition: string;
  /** As `2016-17`, or a calendar year. */
  season: string;
  /** Team ids. */
  home: string;
  away: string;
  /** Which meeting at this ground in the season, from 1. */
  leg: number;
}

/** `<competition>-<season>-<home>-<away>[-<leg>]`. Without the date, since matches move; the first leg has no number. */
export function matchId({ competition, season, home, away, leg }: MatchKey): string {
  return [competition, season, home, away, ...(leg > 1 ? [leg] : [])].join("-");
}

/** Letters that Unicode does not decompose into a base letter and a mark. */
const undecomposed: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
  ħ: "h",
};

/** Decomposes before lower-casing: compatibility forms such as ℻ come apart into capitals. */
function fold(name: string): string {
  return name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^\0-\x7f]/gu, (letter) => undecomposed[letter] ?? letter);
}

const prefixes = new Set(["fc", "afc"]);
const suffixes = new Set(["fc", "afc", "cf"]);

/**
 * SV, SC, AC, VfL ... stay: they tell clubs of one town apart, and `hamburger` alone names nobody. Nor is a word taken
 * off that leaves a bare number: `FC 1860` is no club called 1860.
 */
function withoutClubWords(words: readonly string[]): readonly string[] {
  const [first = "", second = ""] = words;
  const shorter =
    first === "1" && (second === "fc" || second === "fsv")
      ? words.slice(2)
      : prefixes.has(first)
        ? words.slice(1)
        : suffixes.has(words.at(-1) ?? "")
          ? words.slice(0, -1)
          : words;
  if (shorter === words || !shorter.some((word) => /[a-z]/.test(word))) return words;
  return withoutClubWords(shorter);
}

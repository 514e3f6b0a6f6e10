import { type Club, clubs, sharedNames } from "./clubs.ts";
import { foldedWords, teamId } from "./identity.ts";

interface Country {
  /** By id, which is no spelling: `paris-fc` would fold to `paris`. */
  byId: Map<string, Club>;
  /** Folded spelling -> club. */
  spelt: Map<string, Club>;
  /** Folded word that several clubs are called by -> those clubs. */
  shared: Map<string, readonly Club[]>;
}

/** By country: an Arsenal elsewhere is another club. */
const known = new Map<string, Country>();
for (const club of clubs) {
  const country: Country = known.get(club.country) ?? { byId: new Map(), spelt: new Map(), shared: new Map() };
  known.set(club.country, country);
  country.byId.set(club.id, club);
  for (const spelling of [club.id, club.name, ...club.aliases.map(({ spelling }) => spelling)]) {
    const folded = teamId(spelling);
    if (folded === null) throw new Error(`${JSON.stringify(spelling)} in the table of clubs has no letters`);
    country.spelt.set(folded, club);
  }
}
for (const [country, list] of Object.entries(sharedNames)) {
  for (const [spelling, ...ids] of list) {
    const found = ids.flatMap((id) => known.get(country)?.byId.get(id) ?? []);
    // Whole, as `Paris` is shared and `Paris FC` is not.
    known.get(country)?.shared.set(foldedWords(spelling)?.join("-") ?? "", found);
  }
}

export interface ClubName {
  id: string;
  /** As we show it; null for a club that is not in the table of clubs. */
  name: string | null;
  /** What the clubs are called that the name may mean, where that is more than one: the id is then nobody's. */
  mayBe?: readonly string[];
}

/** The club a source means by a name; null for one that no id can be made of. */
export function clubOf(country: string, name: string): ClubName | null {
  const whole = foldedWords(name)?.join("-");
  const shared = whole === undefined ? undefined : known.get(country)?.shared.get(whole);
  const folded = teamId(name);
  if (folded === null) return null;
  if (shared !== undefined) return { id: folded, name: null, mayBe: shared.map((club) => club.name) };
  const club = known.get(country)?.spelt.get(folded);
  return club === undefined ? { id: folded, name: null } : { id: club.id, name: club.name };
}

/** Whether the table of clubs has it. */
export function isListedClub(country: string, id: string): boolean {
  return known.get(country)?.byId.has(id) ?? false;
}

/** The ids of the table's clubs of a country. */
export function listedClubs(country: string): readonly string[] {
  return [...(known.get(country)?.byId.keys() ?? [])];
}

import { type Club, clubs } from "./clubs.ts";
import { teamId } from "./identity.ts";

/** Folded spelling -> club, by country: an Arsenal elsewhere is another club. */
const known = new Map<string, Map<string, Club>>();
for (const club of clubs) {
  const names = known.get(club.country) ?? new Map<string, Club>();
  known.set(club.country, names);
  for (const spelling of [club.id, club.name, ...club.aliases.map(({ spelling }) => spelling)]) {
    const folded = teamId(spelling);
    if (folded === null) throw new Error(`${JSON.stringify(spelling)} in the table of clubs has no letters`);
    names.set(folded, club);
  }
}

export interface ClubName {
  id: string;
  /** As we show it; null for a club that is not in the table of clubs. */
  name: string | null;
}

/** The club a source means by a name; null for one that no id can be made of. */
export function clubOf(country: string, name: string): ClubName | null {
  const folded = teamId(name);
  if (folded === null) return null;
  const club = known.get(country)?.get(folded);
  return club === undefined ? { id: folded, name: null } : { id: club.id, name: club.name };
}

/** Whether the table of clubs has it. */
export function isListedClub(country: string, id: string): boolean {
  return known.get(country)?.get(id)?.id === id;
}

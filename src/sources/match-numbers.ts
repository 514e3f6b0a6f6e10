import { grouped } from "./grouped.ts";
import type { KnownMatch } from "./known.ts";
import type { Paired } from "./recognise.ts";

/**
 * Tells of a match why its provider's number is evidence against it, null when it is not. A number is given to one match and kept:
 * one that comes back with other clubs, or with home and away swapped, is a mistake or a correction, and the page does not tell
 * which. A club's new name is no other club once the table of clubs has it.
 */
export function numberCheck(
  page: readonly Paired[],
  known: readonly KnownMatch[],
): (paired: Paired) => { code: string; text: string } | null {
  const owners = ownersOf(page, known);
  const twice = new Set(
    grouped(page.filter(isNumbered), ({ told }) => told.ref)
      .filter((rows) => new Set(rows.map(pairingOf)).size > 1)
      .map(([first]) => first?.told.ref),
  );
  return (paired) => {
    const { ref } = paired.told;
    if (!isNumbered(paired)) return null;
    const owned = owners.get(ref) ?? [];
    if (owned.some((match) => pairingOf(match) === pairingOf(paired))) return null;
    if (owned.length > 0) {
      const owner = owned.map(({ id }) => id).join(" and ");
      const told = known.filter((match) => pairingOf(match) === pairingOf(paired)).map(({ id }) => id);
      const other = told.length === 0 ? `${pairingOf(paired)}, which is not known` : told.join(" or ");
      const text = `${ref} is the number of ${owner}, and is told of ${other}: neither is touched; for a club's new name, add a row to the table of clubs`;
      return { code: "number-of-another-match", text };
    }
    if (!twice.has(ref)) return null;
    return {
      code: "number-of-another-match",
      text: `${ref} is told of several matches, ${pairingOf(paired)} among them`,
    };
  };
}

/** Whether the provider has numbered it; where it has not, `ref` is words. */
export function isNumbered({ told }: Paired): boolean {
  return isNumber(told.ref);
}

/** The number that the provider gave it, null where that is not known. Costs a look-up. */
export function numberOf(known: KnownMatch | null): string | null {
  const ref = known?.source?.()?.ref;
  return ref !== undefined && isNumber(ref) ? ref : null;
}

function isNumber(ref: string): boolean {
  return /^\d+$/.test(ref);
}

/** By number: the known matches that bear it, more than one in logs of before they were told apart. */
function ownersOf(page: readonly Paired[], known: readonly KnownMatch[]): Map<string, KnownMatch[]> {
  const owners = new Map<string, KnownMatch[]>();
  if (!page.some(isNumbered)) return owners;
  for (const match of known) {
    const number = numberOf(match);
    if (number !== null) owners.set(number, [...(owners.get(number) ?? []), match]);
  }
  return owners;
}

function pairingOf({ home, away }: { home: { id: string }; away: { id: string } }): string {
  return `${home.id} v ${away.id}`;
}

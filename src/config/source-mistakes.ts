import { leagueOf, leagues } from "../sources/competitions.ts";
import { withoutSecrets } from "./address.ts";
import type { SourceName } from "./variables/source.ts";

/** What of a node's settings concerns its source. */
export interface SourceSettings {
  source: SourceName;
  sourceUrl: string | null;
  sourceKey: string | null;
  competitions: readonly string[];
  clock: "wall" | "simulated";
}

/** What a source cannot do with the other settings, one line each. */
export function sourceMistakes({ source, sourceUrl, sourceKey, competitions, clock }: SourceSettings): string[] {
  const found: string[] = [];
  if (source === "archive") {
    if (competitions.length > 1)
      found.push(`FULLTIME_COMPETITIONS=${competitions.join(",")}: the archive plays one competition at a time`);
    return found;
  }
  if (clock === "simulated") {
    found.push(
      `FULLTIME_CLOCK=simulated: ${source} tells what is so now, which a simulated clock does not share; take wall, the archive, or fulltime source replay`,
    );
  }
  const unknown = competitions.filter((it) => leagueOf(source, it) === null);
  if (unknown.length > 0) {
    const codes = leagues.map((league) => league.codes[source]).join(", ");
    found.push(
      `FULLTIME_COMPETITIONS=${competitions.join(",")}: ${source} has no ${unknown.join(", ")} here; it has ${codes}`,
    );
  }
  if (source === "openfootball") return found;
  if (sourceKey === null) found.push(`FULLTIME_SOURCE_KEY: ${source} gives each of its users a key; set it here`);
  if (sourceUrl !== null && !/^https?:\/\//i.test(sourceUrl))
    found.push(`FULLTIME_SOURCE_URL=${withoutSecrets(sourceUrl)}: must be an http or https address`);
  return found;
}

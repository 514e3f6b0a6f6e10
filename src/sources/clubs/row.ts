/** Where a spelling was met. `since`: the first season we have it from; null where it is not dated. */
export interface Alias {
  spelling: string;
  /**
   * `openfootball`: its files of matches. `openfootball/clubs`: its list of clubs and what they are called, at 00e9d82. `usage`:
   * what papers and fans call the club; a server that speaks like a provider may do so too.
   */
  source: "openfootball" | "openfootball/clubs" | "football-data" | "api-football" | "usage";
  since: string | null;
}

/** A club as its country's table has it. */
export type Row = [id: string, name: string, ...aliases: (readonly Alias[])[]];

const undated =
  (source: Alias["source"]) =>
  (...spellings: string[]): Alias[] =>
    spellings.map((spelling) => ({ spelling, source, since: null }));

export function openfootball(since: string, ...spellings: string[]): Alias[] {
  return spellings.map((spelling) => ({ spelling, source: "openfootball", since }));
}

/**
 * Names and short names. Not its three-letter codes: both clubs of Sheffield are SHE there. Those that are words of everyday
 * (PSG, HSV) are here as what they are.
 */
export const footballData = undated("football-data");
export const apiFootball = undated("api-football");
export const clubsList = undated("openfootball/clubs");
export const usage = undated("usage");

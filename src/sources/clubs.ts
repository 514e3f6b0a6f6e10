import { austria } from "./clubs/austria.ts";
import { england } from "./clubs/england.ts";
import { france } from "./clubs/france.ts";
import { germany } from "./clubs/germany.ts";
import { italy } from "./clubs/italy.ts";
import type { Alias, Row } from "./clubs/row.ts";
import { spain } from "./clubs/spain.ts";

export interface Club {
  /** Its token in match ids: the archive's where that has the club. */
  id: string;
  country: string;
  /** As we show it, whatever a source calls it: a new spelling is no news about a match. */
  name: string;
  /** What does not fold to the id by itself (identity.ts), with where it comes from. */
  aliases: readonly Alias[];
}

const rows: Readonly<Record<string, readonly Row[]>> = {
  Austria: austria,
  England: england,
  France: france,
  Germany: germany,
  Italy: italy,
  Spain: spain,
};

/**
 * The clubs we know by name. A club that is missing here is taken as it is called, unless that is close to the name of another
 * one: then its matches wait in quarantine for a row in the table of its country.
 */
export const clubs: readonly Club[] = Object.entries(rows).flatMap(([country, list]) =>
  list.map(([id, name, ...aliases]) => ({ id, country, name, aliases: aliases.flat() })),
);

/**
 * Words that several clubs of a country are called by, each with their ids. `Paris` is all that folding leaves of `Paris FC`,
 * and what openfootball's list of clubs calls Paris Saint-Germain.
 */
export const sharedNames: Readonly<Record<string, readonly (readonly [spelling: string, ...ids: string[]])[]>> = {
  Austria: [
    ["Austria", "fk-austria-wien", "austria-klagenfurt"],
    ["Graz", "grazer-ak", "sk-sturm-graz"],
    ["Linz", "blau-weiss-linz", "lask"],
    ["Tirol", "wacker-innsbruck", "wsg-tirol"],
    ["FC Tirol", "wacker-innsbruck", "wsg-tirol"],
    ["Wien", "fk-austria-wien", "sk-rapid-wien"],
  ],
  England: [
    ["Albion", "brighton-hove-albion", "west-bromwich-albion"],
    ["Manchester", "manchester-city", "manchester-united"],
    ["Sheffield", "sheffield-united", "sheffield-wednesday"],
  ],
  France: [
    ["Olympique", "lyon", "marseille"],
    ["Paris", "paris-fc", "paris-saint-germain"],
    ["Racing", "lens", "strasbourg"],
    ["Racing Club", "lens", "strasbourg"],
  ],
  Germany: [
    ["Berlin", "hertha-bsc", "union-berlin"],
    ["Borussia", "borussia-dortmund", "borussia-monchengladbach"],
    ["Eintracht", "eintracht-braunschweig", "eintracht-frankfurt"],
  ],
  Italy: [
    ["Genova", "genoa", "sampdoria"],
    ["Milano", "inter", "milan"],
  ],
  Spain: [
    ["Madrid", "atletico", "real-madrid"],
    ["Real", "betis", "real-madrid", "real-sociedad", "valladolid"],
  ],
};

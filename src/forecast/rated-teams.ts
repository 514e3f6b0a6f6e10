import { Seasons } from "./seasons.ts";

interface Starts<T> {
  /** A team of which nothing is known. */
  unknown: T;
  /** A promoted team, with what is remembered of it from the years before its relegation. */
  promoted: (remembered: T | undefined) => T;
  /** What is left of a rating when a season begins; none: all of it. */
  carriedOver?: (rating: T) => T;
}

/** The ratings of one competition's teams. A promoted team starts anew, also one that was here years ago. */
export class RatedTeams<T> {
  private readonly starts: Required<Starts<T>>;
  private readonly seasons = new Seasons();
  private ratings = new Map<string, T>();

  constructor(starts: Starts<T>) {
    this.starts = { carriedOver: (rating) => rating, ...starts };
  }

  /** The rating with which the team goes into a match of this season; asking keeps nothing. */
  of(season: string, team: string): T {
    const { unknown, promoted, carriedOver } = this.starts;
    const known = this.ratings.get(team);
    if (this.seasons.isNewcomer(season, team)) return promoted(known);
    if (known === undefined) return unknown;
    return this.seasons.has(season) ? known : carriedOver(known);
  }

  /** After a match of this season, both teams at once: the first of a season also begins it. */
  learn(season: string, ...learnt: readonly (readonly [team: string, rating: T])[]): void {
    if (!this.seasons.has(season)) {
      const { carriedOver } = this.starts;
      this.ratings = new Map([...this.ratings].map(([team, rating]) => [team, carriedOver(rating)]));
      this.seasons.begin(season);
    }
    for (const [team, rating] of learnt) {
      this.ratings.set(team, rating);
      this.seasons.enter(season, team);
    }
  }
}

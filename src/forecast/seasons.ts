/**
 * Which teams played in which season of one competition, in the order in which the seasons began: enough to tell a
 * promoted team. A promoted team known from years ago starts anew.
 */
export class Seasons {
  private readonly order: string[] = [];
  private readonly teams = new Map<string, Set<string>>();

  has(season: string): boolean {
    return this.teams.has(season);
  }

  begin(season: string): void {
    this.order.push(season);
    this.teams.set(season, new Set());
  }

  enter(season: string, team: string): void {
    this.teams.get(season)?.add(team);
  }

  /** The season last begun; empty before the first. */
  latestTeams(): ReadonlySet<string> {
    return this.teams.get(this.order.at(-1) ?? "") ?? new Set();
  }

  /** The team did not play in the season before this one. Nobody is promoted into the first season we know. */
  isPromoted(season: string, team: string): boolean {
    const index = this.has(season) ? this.order.indexOf(season) : this.order.length;
    const before = this.order[index - 1];
    return before !== undefined && !this.teams.get(before)?.has(team);
  }

  /** Promoted, and without a match in this season yet. */
  isNewcomer(season: string, team: string): boolean {
    return this.isPromoted(season, team) && !this.teams.get(season)?.has(team);
  }
}

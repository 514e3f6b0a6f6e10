const dayMs = 86_400_000;

/** Between two seasons of a league lie more days than this; a winter pause may too, but lies within one season by the calendar. */
const summerDays = 25;

/**
 * The season of a match that kicks off then, labelled like that of the newest result before it: the same one while that is no summer
 * away, else the one the calendar says, from July to June where a label has two years.
 */
export function seasonAt(kickoff: number, newest: { season: string; kickoff: number }): string {
  if (kickoff - newest.kickoff < summerDays * dayMs) return newest.season;
  const date = new Date(kickoff);
  const year = date.getUTCFullYear();
  if (!newest.season.includes("-")) return String(year);
  const first = date.getUTCMonth() >= 6 ? year : year - 1;
  return `${first}-${String((first + 1) % 100).padStart(2, "0")}`;
}

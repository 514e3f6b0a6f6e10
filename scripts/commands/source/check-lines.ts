import type { Offer } from "../../../src/sources/live.ts";
import { count, instant, score } from "../../cli/format.ts";
import { paint } from "../../cli/output.ts";
import { table } from "../../cli/table.ts";
import type { Checked, Followed } from "./examine.ts";

/** The key's plan, its limits, and what it may ask for. */
export function offerLines({ plan, perMinute, budget, competitions }: Offer, followed: readonly Followed[]): string {
  const calls = [
    perMinute === null ? null : `${perMinute} a minute`,
    budget === null
      ? "no daily limit"
      : `${budget.remaining}${budget.limit === undefined ? "" : ` of ${budget.limit}`} left today${budget.resetAt === null ? "" : `, whole again at ${instant(Date.parse(budget.resetAt))} UTC`}`,
  ];
  const codes = new Set(followed.map(({ code }) => code));
  const rows = competitions.map(({ code, id, name, season, lineups }) => [
    code,
    id ?? "-",
    name,
    season === null ? "-" : `${season.first} to ${season.last}`,
    lineups === null ? "" : lineups ? "yes" : "no",
    codes.has(code) ? "followed" : "",
  ]);
  const titles = ["code", "ours", "competition", "season", "line-ups", ""];
  return [
    ...(plan === null ? [] : [`plan   ${plan}`]),
    `calls  ${calls.filter((it) => it !== null).join(", ")}`,
    "",
    table(
      titles.map((title) => ({ title })),
      rows,
    ),
    "",
  ].join("\n");
}

const remarksMax = 5;

/** What it tells of one competition. */
export function followedLines(it: Followed): string {
  const title = paint("bold", `${it.id}  ${it.name} (${it.code})`);
  const failed = it.failed === null ? [] : [`  ${paint("red", `no ${it.failed.what}`)}: ${it.failed.text}`];
  if (it.failed?.what === "matches") return [title, ...failed].join("\n");
  const remarks = [...it.rejected, ...it.quarantined];
  const lineups = it.lineups === null ? "not known yet" : it.lineups ? "yes" : "no";
  const left = remarks.length - remarksMax;
  return [
    title,
    `  ${count(it.matches, "match", "matches")}, ${it.finished} finished; line-ups: ${lineups}`,
    `  ${it.rejected.length} rejected, ${it.quarantined.length} quarantined`,
    ...remarks.slice(0, remarksMax).map(({ code, match, text }) => `    ${code}: ${match}: ${text}`),
    ...(left > 0 ? [`    and ${left} more: --json has them`] : []),
    ...failed,
    ...sampleLines(it),
  ].join("\n");
}

/** The remark of a page that has not all its seasons; see season-source.ts. */
const seasonRefused = "season-refused";

/** What the source would not tell, though it told other things: a line each. */
export function missingOf({ followed }: Pick<Checked, "followed">): string[] {
  return followed.flatMap(({ id, rejected, failed }) => [
    ...rejected.filter(({ code }) => code === seasonRefused).map(({ match, text }) => `${match}: ${text}`),
    ...(failed === null ? [] : [`${id} ${failed.what}: ${failed.text}`]),
  ]);
}

function sampleLines({ sample }: Followed): string[] {
  if (sample === null) return ["  no match to show"];
  const { matchId, fixture, result } = sample;
  const { home, away } = fixture.teams;
  const time = `${instant(Date.parse(fixture.kickoff)).slice(0, 16)} UTC${fixture.timeAssumed ? " (time assumed)" : ""}`;
  return [
    "  a match as it would be recorded:",
    `    id        ${matchId}`,
    `    teams     ${home.name} (${home.id}) v ${away.name} (${away.id})`,
    `    kick-off  ${time}`,
    `    status    ${fixture.status}${result === null ? "" : `, ${score(result.score.regular)} after 90 minutes`}`,
    `    season    ${fixture.season}, round ${fixture.matchday ?? "-"}`,
    `    source    ${fixture.source.name} ${fixture.source.ref}`,
  ];
}

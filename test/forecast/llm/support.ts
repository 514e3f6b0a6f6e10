import type { LlmMember } from "../../../src/forecast/llm/member.ts";
import type { Question } from "../../../src/forecast/models.ts";
import type { Analysed, Lineups } from "../../../src/match/event.ts";
import { fixture, history, hour, kickoff } from "../../support/history.ts";

export function llm(name: string, changes: Partial<LlmMember> = {}): LlmMember {
  return {
    name,
    family: "llm",
    version: "1",
    model: `vendor/${name}`,
    answersAs: [],
    url: null,
    keyEnv: null,
    concurrency: 64,
    dailyCostMax: null,
    price: null,
    timeout: 5000,
    params: {},
    ...changes,
  };
}

const analysis = history().scheduled().requested("analyse").analysed().last.data as Analysed;
const lineups: Lineups = { round: 1, available: true, home: ["Keeper"], away: ["Striker"] };

export function question(changes: { names?: Question["names"]; lineups?: Lineups | null } = {}): Question {
  const background = { analysis, lineups: changes.lineups === undefined ? lineups : changes.lineups };
  return {
    fixture: {
      matchId: "pl-2016-17-a-b",
      competition: fixture.competition,
      season: "2016-17",
      kickoff,
      home: "a",
      away: "b",
    },
    asOf: kickoff - 6 * hour,
    names: changes.names ?? { home: "Alpha", away: "Beta" },
    background: () => Promise.resolve(background),
  };
}

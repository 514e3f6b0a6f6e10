import type { LogMessage } from "../events/log.ts";
import type { Db } from "./db.ts";

export const lettersSchema = `
CREATE TABLE letters (sequence INTEGER PRIMARY KEY, answered INTEGER NOT NULL) STRICT;
`;

/** The operator's letters, and whether any match has had an answer to one. */
export function lettersWriter(db: Db) {
  const insert = db.prepare<[number]>("INSERT OR IGNORE INTO letters (sequence, answered) VALUES (?, 0)");
  const answer = db.prepare<[number]>("UPDATE letters SET answered = 1 WHERE sequence = ?");
  return {
    take({ sequence, event, undecodable }: LogMessage): void {
      if (undecodable?.code === "letter") insert.run(sequence);
      if (event === null || !("letter" in event.data)) return;
      if (event.data.letter !== null) answer.run(event.data.letter);
    },
  };
}

export function letterQueries(db: Db) {
  const answered = db.prepare<[number], number>("SELECT answered FROM letters WHERE sequence = ?").pluck();
  return {
    isLetterAnswered: (sequence: number): boolean => answered.get(sequence) === 1,
  };
}

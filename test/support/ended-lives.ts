import { day, type History, history, hour, kickoff } from "./history.ts";

/** Ended without analysis or predictions. */
export const missed = (id: string, at = kickoff): History =>
  history(id, at - 2 * day)
    .scheduled({ kickoff: at })
    .at(at + 2 * hour)
    .finished(2, 1);

/** Analysed and never predicted: its settlement failed. */
export const unsettled = (id: string): History =>
  history(id, kickoff - 7 * hour)
    .scheduled({ kickoff })
    .after(hour)
    .requested("analyse")
    .analysed()
    .at(kickoff + 2 * hour)
    .finished()
    .requested("settle")
    .settled();

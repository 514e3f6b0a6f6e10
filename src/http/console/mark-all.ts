import { Refused } from "../problem.ts";

export interface Marks {
  accepted: string[];
  skipped: { matchId: string; why: string }[];
}

/** Requests that are under way at a time: the log takes one after the other anyway. */
const atOnce = 8;

/**
 * Marks each match by a call of its own, whose key is the form's and its own: sent again, each is the call it was. Rejects with
 * what was refused where nothing at all was accepted for a reason that is not the match's.
 */
export async function markAll(
  mark: (id: string, key: string) => Promise<{ body: { result: "requested" | "already-done" } }>,
  ids: readonly string[],
  key: string,
): Promise<Marks> {
  /** By match, null for one that was accepted. */
  const whys = new Map<string, string | null>();
  const one = async (id: string) => {
    try {
      const { body } = await mark(id, `${key}.${id}`.slice(0, 200));
      whys.set(id, body.result === "requested" ? null : "already done");
    } catch (error) {
      if (!(error instanceof Refused) || error.status >= 500) throw error;
      whys.set(id, whyOf(error));
    }
  };
  for (let at = 0; at < ids.length; at += atOnce) {
    const turn = await Promise.allSettled(ids.slice(at, at + atOnce).map(one));
    const refused = turn.find((it) => it.status === "rejected");
    if (refused === undefined) continue;
    if (![...whys.values()].includes(null)) throw refused.reason;
    // What the log does not take now, it does not take a moment later.
    break;
  }
  const marks: Marks = { accepted: [], skipped: [] };
  for (const id of new Set(ids)) {
    const why = whys.get(id);
    if (why === null) marks.accepted.push(id);
    else marks.skipped.push({ matchId: id, why: why ?? "not recorded" });
  }
  return marks;
}

function whyOf({ status }: Refused): string {
  return status === 404 ? "unknown" : "without a failed settlement";
}

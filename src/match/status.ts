/** The statuses a match can have, whatever source reported it. */
export const statuses = [
  "scheduled",
  "in-play",
  "interrupted",
  "postponed",
  "finished",
  "cancelled",
  "abandoned",
  "awarded",
  "walk-over",
] as const;

export type Status = (typeof statuses)[number];

/** Statuses that end a match without points: it is settled as void, with this status as its reason. */
export const voidStatuses = ["cancelled", "abandoned", "awarded", "walk-over"] as const;
export type VoidStatus = (typeof voidStatuses)[number];

export function isVoid(status: Status): status is VoidStatus {
  return (voidStatuses as readonly Status[]).includes(status);
}

/** Nothing more will happen on the pitch. An abandoned match may still come back with a new kick-off. */
export function isTerminal(status: Status): boolean {
  return status === "finished" || isVoid(status);
}

/** The ball has rolled, so a prediction made now would have seen the match. */
export function isUnderWay(status: Status): boolean {
  return status === "in-play" || status === "interrupted";
}

import { Refused } from "../problem.ts";

/** Characters of a reason, as in the routes. */
export const reasonMax = 300;

/** Why somebody does something, as he wrote it; undefined for nothing. Throws `Refused` (400) for more than the log keeps. */
export function reasonIn(form: URLSearchParams): string | undefined {
  const reason = form.get("reason")?.trim() ?? "";
  if (reason.length > reasonMax) throw new Refused(400, `reason: ${reasonMax} characters at most`);
  return reason === "" ? undefined : reason;
}

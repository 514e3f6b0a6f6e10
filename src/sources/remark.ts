import type { PollRemark } from "../match/event.ts";

/** Characters of each word of a remark. Bounds what one broken match can put into the log: no fact may grow past a message. */
export const textMax = 300;

/** Cut to what the log takes, whatever the source sent. */
export function cut({ code, match, text }: PollRemark): PollRemark {
  return { code: code.slice(0, textMax), match: match.slice(0, textMax), text: text.slice(0, textMax) };
}

import { type Variable, wrong } from "./variable.ts";

function isPostable(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

/** Who is told of gaps. */
export const alertVariables = {
  alertUrl: {
    name: "FULLTIME_ALERT_URL",
    about: "where critical and missed gaps are posted, and their end; none: only logged",
    fallback: "",
    read: (text) =>
      text === "" || isPostable(text)
        ? text || null
        : wrong("must be an http or https address without user and password"),
  } satisfies Variable<string | null>,
  alertSecret: {
    name: "FULLTIME_ALERT_SECRET",
    about: "signs those posts",
    fallback: "",
    secret: true,
    read: (text) => (text === "" ? null : text.length >= 16 ? text : wrong("must have at least 16 characters")),
  } satisfies Variable<string | null>,
};

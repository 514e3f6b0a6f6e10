import { liveSources } from "../../sources/competitions.ts";
import { perMinuteMax } from "../../sources/pacer.ts";
import { isHeaderValue, whyNoHeaderValue } from "../header-value.ts";
import { list, oneOf, type Variable, wholeNumber, wrong } from "./variable.ts";

/** Where fixtures and results come from; `archive` is played, the others are followed. */
export const sourceNames = ["archive", ...liveSources] as const;
export type SourceName = (typeof sourceNames)[number];

const perMinute = wholeNumber(1, perMinuteMax);

/** Which source a node follows, and how it asks. */
export const sourceVariables = {
  source: {
    name: "FULLTIME_SOURCE",
    about: "where fixtures and results come from",
    fallback: "archive",
    read: oneOf(sourceNames),
  } satisfies Variable<SourceName>,
  sourceUrl: {
    name: "FULLTIME_SOURCE_URL",
    about: "another address than the provider's; for openfootball a directory or a file too",
    fallback: "",
    read: (text) => {
      const url = URL.canParse(text) ? new URL(text) : null;
      if (url !== null && /^https?:$/.test(url.protocol)) {
        // A key has a variable of its own; in an address it would be shown.
        if (url.username !== "" || url.password !== "") wrong("must have no user and password");
        if (url.search !== "" || url.hash !== "")
          wrong("must have no query and no fragment: a key goes into FULLTIME_SOURCE_KEY");
      }
      return text.replace(/(?<=.)\/+$/, "") || null;
    },
  } satisfies Variable<string | null>,
  sourceKey: {
    name: "FULLTIME_SOURCE_KEY",
    about: "the key that football-data or api-football gave you",
    fallback: "",
    secret: true,
    read: (text) => {
      if (/\s/.test(text)) wrong("must have no white space");
      return isHeaderValue(text) ? text || null : wrong(whyNoHeaderValue);
    },
  } satisfies Variable<string | null>,
  sourcePerMinute: {
    name: "FULLTIME_SOURCE_PER_MINUTE",
    about: "requests a minute that the key's plan allows; none: as the provider says, or its free plan's",
    fallback: "",
    read: (text) => (text === "" ? null : perMinute(text)),
  } satisfies Variable<number | null>,
  competitions: {
    name: "FULLTIME_COMPETITIONS",
    about: "competitions to follow, our ids or the provider's codes",
    fallback: "",
    read: list,
  } satisfies Variable<string[]>,
};

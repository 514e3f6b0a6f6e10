import { builtInPanel } from "../../forecast/built-in-panel.ts";
import { whyNoEndpoint } from "../endpoint-url.ts";
import { isHeaderValue, whyNoHeaderValue } from "../header-value.ts";
import { type PanelMember, readPanel } from "../panel.ts";
import { type Variable, wrong } from "./variable.ts";

/** Who forecasts. */
export const forecastVariables = {
  panel: {
    name: "FULLTIME_PANEL",
    about: "JSON file of panel members; none: the built-in statistical panel",
    fallback: "",
    read: (text): readonly PanelMember[] => {
      if (text === "") return builtInPanel;
      const read = readPanel(text);
      return "members" in read ? read.members : wrong(read.mistakes.join("\n"));
    },
  } satisfies Variable<readonly PanelMember[]>,
  llmUrl: {
    name: "FULLTIME_LLM_URL",
    about: "where language models are asked, the base before /chat/completions; a member's url goes before it",
    fallback: "",
    read: (text) => {
      if (text === "") return null;
      const wrongly = whyNoEndpoint(text);
      return wrongly === null ? text.replace(/\/+$/, "") : wrong(wrongly);
    },
  } satisfies Variable<string | null>,
  llmKey: {
    name: "FULLTIME_LLM_KEY",
    about: "key of the language models whose member names no keyEnv",
    fallback: "",
    secret: true,
    read: (text) => (isHeaderValue(text) ? text || null : wrong(whyNoHeaderValue)),
  } satisfies Variable<string | null>,
};

import type { Endpoint } from "../forecast/llm/member.ts";
import { isHeaderValue, whyNoHeaderValue } from "./header-value.ts";
import { isLlm, type PanelMember } from "./panel.ts";

export interface Installation {
  /** FULLTIME_LLM_URL. */
  url: string | null;
  /** FULLTIME_LLM_KEY. */
  key: string | null;
}

/**
 * Where each language model of a panel is asked and with which key, by its name; what is missing is told by member and field.
 * Apart from the members, which are shown: keys are not.
 */
export function readEndpoints(
  members: readonly PanelMember[],
  { url, key }: Installation,
  valueOf: (variable: string) => string | undefined,
): { endpoints: Readonly<Record<string, Endpoint>>; mistakes: string[] } {
  const endpoints: Record<string, Endpoint> = {};
  const mistakes: string[] = [];
  for (const member of members) {
    if (!isLlm(member)) continue;
    const at = member.url ?? url;
    if (at === null) mistakes.push(`member ${member.name}: url: it needs one, as FULLTIME_LLM_URL is not set`);
    const own = member.keyEnv === null ? key : (valueOf(member.keyEnv)?.trim() ?? "");
    if (own === "") mistakes.push(`member ${member.name}: keyEnv ${JSON.stringify(member.keyEnv)}: it is not set`);
    if (own !== null && !isHeaderValue(own))
      mistakes.push(`member ${member.name}: keyEnv ${JSON.stringify(member.keyEnv)}: it ${whyNoHeaderValue}`);
    endpoints[member.name] = { url: at ?? "", key: own };
  }
  return { endpoints, mistakes };
}

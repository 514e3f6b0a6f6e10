import type { Figures } from "../bench.ts";
import { latencies, quantile } from "../node/asking.ts";

/** The pages of the console, each as somebody opens it: of everything there is, and of what a filter leaves. */
function consolePages(matchId: string, [model = "", against = ""]: string[]): Record<string, string> {
  return {
    tonight: "/",
    matches: "/matches",
    matchesFiltered: "/matches?purpose=live&competition=league2&season=2010",
    match: `/matches/${matchId}`,
    gaps: "/gaps",
    failures: "/failures",
    failuresOfAKind: "/failures/matches?stage=settle&category=bug",
    failuresOfACause: "/failures/matches?stage=settle&category=bug&fingerprint=rare",
    backfills: "/backfills",
    planOfAWeek: "/backfills/plan?days=7",
    planOfAYear: "/backfills/plan?from=2010-01-01&to=2010-12-31",
    models: "/models",
    modelsFiltered: "/models?competition=league2&season=2010",
    modelRecord: `/models?model=${model}`,
    modelsCompared: `/models?model=${model}&against=${against}`,
    system: "/system",
  };
}

/** Of each page the median and the 99th percentile of the milliseconds to its last byte; of all the slowest median and the most HTML. */
export async function consoleFigures(url: string, count: number, signal: AbortSignal): Promise<Figures> {
  const asked = async <T>(path: string) => (await (await fetch(`${url}${path}`, { signal })).json()) as T;
  const { matches } = await asked<{ matches: { id: string }[] }>("/api/matches?purpose=live&limit=1");
  const { panel } = await asked<{ panel: { model: string }[] }>("/api/models");
  const pages = consolePages(
    matches[0]?.id ?? "",
    panel.map(({ model }) => model),
  );
  const figures: Figures = {};
  let [pageMs, pageBytes] = [0, 0];
  for (const [name, path] of Object.entries(pages)) {
    const ms = await latencies(`${url}${path}`, count, signal);
    pageBytes = Math.max(pageBytes, await bytesOf(`${url}${path}`, signal));
    figures[`${name}PageMs`] = quantile(ms, 0.5);
    figures[`${name}PageP99Ms`] = quantile(ms, 0.99);
    pageMs = Math.max(pageMs, quantile(ms, 0.5));
  }
  return { pageMs, pageKB: pageBytes / 1000, ...figures };
}

async function bytesOf(page: string, signal: AbortSignal): Promise<number> {
  const response = await fetch(page, { signal });
  return (await response.arrayBuffer()).byteLength;
}

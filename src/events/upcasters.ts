/** Version 1 did not say how ratings had moved, nor where its parts came from: they were Elo's, and so were the expected goals. */
export function analysedFrom1(data: unknown): unknown {
  if (typeof data !== "object" || data === null) return data;
  const elo = "Elo 1978, K 15";
  return {
    ...data,
    movement: { home: null, away: null },
    sources: { results: "the competition's results in the log", ratings: elo, expectedGoals: elo },
  };
}

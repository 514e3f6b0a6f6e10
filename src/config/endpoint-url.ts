/** What is wrong with the address of a chat completions endpoint; null when nothing is. */
export function whyNoEndpoint(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return "must be like https://host/v1";
  if (url.username !== "" || url.password !== "") return "must not hold a user or password: a key goes into keyEnv";
  if (url.search !== "" || url.hash !== "") return "must not have a query or fragment";
  return /\/chat\/completions\/*$/.test(url.pathname) ? "must be the base before /chat/completions" : null;
}

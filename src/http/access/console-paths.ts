/** First segments of the paths below which the console has its pages; `/` is one too. */
const pages = ["matches", "gaps", "failures", "backfills", "requests", "models", "system"] as const;

/** Patterns of the pages that are for principals. */
export const consolePatterns: readonly string[] = ["/", "/sign-out", ...pages.map((page) => `/${page}/*`)];

/** Patterns of what a browser may ask for before anybody has signed in. */
export const frontDoorPatterns: readonly string[] = ["/sign-in", "/theme/*"];

const known: ReadonlySet<string> = new Set(["", "sign-out", ...pages]);
const frontDoor: ReadonlySet<string> = new Set(["sign-in", "theme"]);

/** Whether a path is one of the console's pages that are for principals. */
export function isConsolePage(path: string): boolean {
  const segment = firstSegment(path);
  return segment !== null && known.has(segment);
}

/** Whether a path is the console's at all: what is wrong there is told by a page. */
export function isConsole(path: string): boolean {
  const segment = firstSegment(path);
  return segment !== null && (known.has(segment) || frontDoor.has(segment));
}

/** null: of a path like `//name`, which a browser takes for another host. */
function firstSegment(path: string): string | null {
  return path.startsWith("//") ? null : (path.split("/", 2)[1] ?? "");
}

/** Where a link or a form may lead back to: a page of the console, never another host. `/` for anything else. */
export function ownPath(text: string | undefined): string {
  const base = "http://console";
  if (text === undefined || !text.startsWith("/") || !URL.canParse(text, base)) return "/";
  const { origin, pathname, search } = new URL(text, base);
  // Looked at after its dots are gone: of `/.//evil.example` they leave another host's name.
  return origin === base && isConsolePage(pathname) && pathname !== "/sign-out" ? pathname + search : "/";
}

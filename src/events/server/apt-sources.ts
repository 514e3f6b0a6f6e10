import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The URI from which this machine gets Debian itself, whatever its release; null when no source says. `etc` is normally `/etc/apt`. */
export async function debianMirror(etc: string): Promise<string | null> {
  const parts = join(etc, "sources.list.d");
  const names = (await readdir(parts).catch(() => [])).sort((a, b) => (a < b ? -1 : 1));
  for (const file of [join(etc, "sources.list"), ...names.map((name) => join(parts, name))]) {
    const text = await readFile(file, "utf8").catch(() => "");
    const sources = file.endsWith(".sources") ? stanzas(text) : file.endsWith(".list") ? lines(text) : [];
    const uri = sources.find(isDebian)?.uris[0];
    if (uri !== undefined) return uri;
  }
  return null;
}

interface AptSource {
  types: string[];
  uris: string[];
  suites: string[];
  components: string[];
}

/** Told by the suite: mirrors lie under any path, while third parties name suites of their own or have no `main`. Security is another archive. */
const suites = new Set([
  "oldoldstable",
  "oldstable",
  "stable",
  "testing",
  "unstable",
  "sid",
  "buster",
  "bullseye",
  "bookworm",
  "trixie",
  "forky",
  "duke",
]);

function isDebian(source: AptSource): boolean {
  return (
    source.types.includes("deb") &&
    source.components.includes("main") &&
    source.suites.some((suite) => suites.has(suite))
  );
}

/** `deb [options] uri suite component...`, see sources.list(5). */
function lines(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const [type, uri, suite, ...components] = words(line.replace(/#.*/, "").replace(/\[.*?\]/, " "));
    return type === undefined || uri === undefined || suite === undefined
      ? []
      : [{ types: [type], uris: [uri], suites: [suite], components }];
  });
}

/** deb822: stanzas between empty lines; a field goes on in lines that begin with a blank; comment lines may stand anywhere. */
function stanzas(text: string): AptSource[] {
  const uncommented = text.split("\n").filter((line) => !line.startsWith("#"));
  return uncommented
    .join("\n")
    .split(/\n\s*\n/)
    .map((stanza) => {
      const fields = new Map<string, string>();
      for (const field of stanza.replace(/\n[ \t]+/g, " ").split("\n")) {
        const [, name, value] = /^([^:\s]+):(.*)$/.exec(field) ?? [];
        if (name !== undefined && value !== undefined) fields.set(name.toLowerCase(), value);
      }
      const list = (name: string) => words(fields.get(name) ?? "");
      const enabled = !/^\s*no\s*$/i.test(fields.get("enabled") ?? "");
      return {
        types: enabled ? list("types") : [],
        uris: list("uris"),
        suites: list("suites"),
        components: list("components"),
      };
    });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

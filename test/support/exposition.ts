export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Family {
  name: string;
  type: "counter" | "gauge" | "histogram" | "summary";
  help: string;
  samples: Sample[];
}

/**
 * Reads Prometheus' text format 0.0.4 and refuses what its parser or `promtool check metrics` would: a line that is none, samples
 * apart from their family, a series twice, a missing help or type, names and units against the conventions, a histogram whose
 * buckets do not add up.
 */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, Family>();
  const series = new Set<string>();
  let help: { name: string; text: string } | null = null;
  let family: Family | null = null;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    if (comment?.[1] === "HELP") {
      help = { name: comment[2] ?? "", text: comment[3] ?? "" };
      family = null;
    } else if (comment !== null) {
      family = begin(comment[2] ?? "", comment[3] ?? "", help);
      if (families.has(family.name)) throw new Error(`${family.name} comes twice`);
      families.set(family.name, family);
    } else {
      const sample = readSample(line);
      if (family === null || !belongs(sample, family)) throw new Error(`a sample without its family: ${line}`);
      const key = seriesOf(sample);
      if (series.has(key)) throw new Error(`a series twice: ${key}`);
      series.add(key);
      family.samples.push(sample);
    }
  }
  for (const each of families.values()) if (each.type === "histogram") checkHistogram(each);
  return families;
}

export function seriesOf({ name, labels }: Sample): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(",")}}`;
}

function begin(name: string, type: string, help: { name: string; text: string } | null): Family {
  if (help?.name !== name) throw new Error(`${name} has no help`);
  if (!["counter", "gauge", "histogram", "summary"].includes(type)) throw new Error(`${name} is a ${type}`);
  if ((type === "counter") !== name.endsWith("_total"))
    throw new Error(`_total is the end of counters' names: ${name}`);
  if (/_(count|sum|bucket|info)$/.test(name)) throw new Error(`${name} ends as a part of a histogram does`);
  if (/(milli|micro|nano|kilo|mega|percent|minutes|hours|_ms)/.test(name))
    throw new Error(`${name} is in no base unit`);
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error(`${name} is not in snake case`);
  return { name, type: type as Family["type"], help: help.text, samples: [] };
}

function readSample(line: string): Sample {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  let rest = match[2] ?? "";
  while (rest !== "") {
    const pair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/.exec(rest);
    if (pair === null) throw new Error(`no label: ${rest} in ${line}`);
    const [whole, name = "", value = ""] = pair;
    if (name in labels) throw new Error(`the label ${name} twice: ${line}`);
    labels[name] = value;
    rest = rest.slice(whole.length);
  }
  return { name: match[1] ?? "", labels, value: readValue(match[3] ?? "") };
}

function readValue(text: string): number {
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf$/i.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new Error(`no number: ${text}`);
  return Number(text);
}

function belongs({ name, labels }: Sample, family: Family): boolean {
  if (family.type === "histogram" && name === `${family.name}_bucket`) return "le" in labels;
  if (family.type === "histogram" || family.type === "summary")
    return name === `${family.name}_sum` || name === `${family.name}_count` || family.type === "summary";
  return name === family.name;
}

function checkHistogram({ name, samples }: Family): void {
  const groups = new Map<string, { buckets: [number, number][]; count: number | null; sum: number | null }>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = seriesOf({ ...sample, name, labels });
    const group = groups.get(key) ?? { buckets: [], count: null, sum: null };
    groups.set(key, group);
    if (sample.name.endsWith("_bucket")) group.buckets.push([readValue(le ?? ""), sample.value]);
    else if (sample.name.endsWith("_count")) group.count = sample.value;
    else group.sum = sample.value;
  }
  for (const [key, { buckets, count, sum }] of groups) {
    const [last] = buckets.slice(-1);
    if (count === null || sum === null) throw new Error(`${key} has no count or no sum`);
    if (last?.[0] !== Number.POSITIVE_INFINITY || last[1] !== count)
      throw new Error(`${key} does not end at its count`);
    for (const [at, [le, value]] of buckets.entries()) {
      const before = buckets[at - 1];
      if (before !== undefined && !(before[0] < le && before[1] <= value)) throw new Error(`${key} is not cumulative`);
    }
  }
}

import { z } from "zod";
import * as fields from "../fields.ts";
import { Refused } from "../problem.ts";

/**
 * What an address or a form says, by its schema: an empty field is not given, a name in `lists` may stand several times.
 * Throws `Refused` (400) that names each wrong field, never what stood in it.
 */
export function readFields<T extends z.ZodType>(
  schema: T,
  params: URLSearchParams,
  lists: readonly string[] = [],
): z.output<T> {
  const single = new Map<string, string>();
  const several = new Map<string, string[]>();
  for (const [name, value] of params) {
    const text = value.trim();
    if (text === "") continue;
    if (lists.includes(name)) several.set(name, [...(several.get(name) ?? []), text]);
    else single.set(name, text);
  }
  const given = Object.fromEntries<string | string[]>([...single, ...several]);
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const mistakes = read.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`,
  );
  throw new Refused(400, mistakes.join("; "));
}

/** The query of a page. */
export function queryOf(c: { req: { url: string } }): URLSearchParams {
  return new URL(c.req.url).searchParams;
}

const cursorField = z.object({ cursor: fields.cursorSchema.optional() });

/** Where a list goes on, as its page before said; undefined for its beginning. */
export function cursorIn(query: URLSearchParams): string | undefined {
  return readFields(cursorField, query).cursor;
}

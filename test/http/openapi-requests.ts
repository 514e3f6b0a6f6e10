import {
  anything,
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  dictionary,
  double,
  integer,
  oneof,
  option,
  record,
  string,
  stringMatching,
  tuple,
} from "fast-check";
import type { Description, Method, Operation } from "../../src/http/description.ts";

/** What a JSON Schema of the description may say, as far as a generator looks. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

interface Parameter {
  in: "path" | "query" | "header";
  name: string;
  required?: boolean;
  schema: Schema;
}

export interface Asked {
  path: string;
  init: { method: string; headers: Record<string, string>; body?: string };
}

/** Requests to one operation: as it describes them, off by a little, and rubbish. `known`: values that mean something here. */
export function requestsTo(
  description: Description,
  { method, path, operation }: { method: Method; path: string; operation: Operation },
  known: readonly string[],
): Arbitrary<Asked> {
  const parameters = (operation.parameters ?? []) as unknown as Parameter[];
  const valueOf = ({ schema, in: place }: Parameter): Arbitrary<string> =>
    oneof(
      { weight: 6, arbitrary: fromSchema(schema, description, known).map(textOf) },
      // An id that nobody knows is looked for and not found, which says little.
      { weight: place === "path" ? 6 : 1, arbitrary: constantFrom(...known) },
      { weight: 1, arbitrary: string({ unit: "binary", maxLength: 30 }) },
    );
  const placed = (place: Parameter["in"]) => parameters.filter((it) => it.in === place);
  const ids = tuple(...placed("path").map((it) => valueOf(it).map((value) => [it.name, value || "_"] as const)));
  const query = tuple(
    ...placed("query").map((it) =>
      option(tuple(constant(it.name), array(valueOf(it), { minLength: 1, maxLength: 2 })), { freq: 2 }),
    ),
  );
  const headers = tuple(
    ...[...placed("header"), { in: "header", name: "if-none-match", schema: { type: "string" } } as Parameter].map(
      (it) => option(tuple(constant(it.name), valueOf(it).map(headerText))),
    ),
  );
  return tuple(ids, query, headers, bodies(description, operation, known)).map(([ids, query, headers, body]) => {
    let target = path;
    for (const [name, value] of ids) target = target.replace(`{${name}}`, encoded(value));
    const pairs = query.flatMap((given) =>
      given === null ? [] : given[1].map((value) => `${given[0]}=${encoded(value)}`),
    );
    const given = headers.flatMap((it) => (it === null ? [] : [it]));
    return {
      path: pairs.length === 0 ? target : `${target}?${pairs.join("&")}`,
      init: {
        method: method.toUpperCase(),
        headers: { ...Object.fromEntries(given), ...(body === null ? {} : { "Content-Type": body.type }) },
        ...(body === null || method === "get" ? {} : { body: body.text }),
      },
    };
  });
}

function bodies(
  description: Description,
  operation: Operation,
  known: readonly string[],
): Arbitrary<{ type: string; text: string } | null> {
  const described = operation.requestBody as { content?: Record<string, { schema?: Schema }> } | undefined;
  const schema = described?.content?.["application/json"]?.schema;
  if (schema === undefined) return constant(null);
  const text = oneof(
    { weight: 6, arbitrary: fromSchema(schema, description, known).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: dictionary(string(), anything()).map((value) => JSON.stringify(value) ?? "") },
    { weight: 1, arbitrary: string() },
  );
  const type = oneof(
    { weight: 9, arbitrary: constant("application/json") },
    { weight: 1, arbitrary: constantFrom("text/plain", "application/x-www-form-urlencoded") },
  );
  return option(record({ type, text }), { freq: 10 });
}

/** Values that a schema allows, and texts that mean something here even where it does not. */
function fromSchema(schema: Schema, description: Description, known: readonly string[]): Arbitrary<unknown> {
  const make = (inner: Schema) => fromSchema(inner, description, known);
  if (schema.$ref !== undefined) return make(resolved(schema.$ref, description));
  if (schema.const !== undefined) return constant(schema.const);
  if (schema.enum !== undefined) return constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return oneof(...choices.map(make));
  if (Array.isArray(schema.type)) return oneof(...schema.type.map((type) => make({ ...schema, type })));
  switch (schema.type ?? "any") {
    case "null":
      return constant(null);
    case "boolean":
      return boolean();
    case "integer":
      return integer({
        min: Math.max(schema.minimum ?? -5, -(2 ** 31)),
        max: Math.min(schema.maximum ?? 1000, 2 ** 31 - 1),
      });
    case "number":
      return double({ noNaN: true, noDefaultInfinity: true });
    case "array":
      return array(make(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case "object": {
      const { properties = {}, required = [] } = schema;
      const fields = Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, make(inner)]));
      const optional = Object.keys(properties).filter((name) => !required.includes(name));
      // Many fields at once seldom make sense together.
      const few = optional.map((name) =>
        record(pick(fields, [...required, name]), { requiredKeys: [...required, name] }),
      );
      return oneof(record(fields, { requiredKeys: required }), ...few);
    }
    case "string":
      return oneof(stringOf(schema), ...known.filter((text) => fits(text, schema)).map((text) => constant(text)));
    default:
      return anything();
  }
}

function stringOf({ pattern, minLength = 0, maxLength = 40 }: Schema): Arbitrary<string> {
  if (pattern !== undefined) return stringMatching(new RegExp(pattern), { maxLength });
  return string({ minLength, maxLength: Math.min(maxLength, 40) });
}

function fits(text: string, { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema): boolean {
  if (pattern !== undefined && !new RegExp(pattern).test(text)) return false;
  return text.length >= minLength && text.length <= maxLength;
}

function pick<T>(from: Record<string, T>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function resolved(ref: string, description: Description): Schema {
  const schema = description.components?.schemas?.[ref.replace("#/components/schemas/", "")];
  if (schema === undefined) throw new Error(`the description refers to ${ref}, which it does not have`);
  return schema;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Half a surrogate pair has no form in a URL. */
function encoded(value: string): string {
  return encodeURIComponent(value.replaceAll(/\p{Cs}/gu, ""));
}

/** Only what a header may hold: the rest never reaches a server. */
function headerText(value: string): string {
  return value.replaceAll(/[^\x20-\x7e]/g, "").trim();
}

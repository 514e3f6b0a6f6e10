import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { type Context, Hono } from "hono";
import { isKnown } from "../fresh.ts";
import type { HttpEnv } from "../openapi.ts";

/** Where each file of the console is served: a name that changes with its content, so that browsers keep it for good. */
export interface Assets {
  readonly paths: Readonly<Record<AssetName, string>>;
  /** `GET /console/:file`. */
  readonly routes: Hono<HttpEnv>;
}

type AssetName = keyof ReturnType<typeof files>;

/** Out of the installed packages and beside this module: the page asks no other host for anything. */
function files() {
  const require = createRequire(import.meta.url);
  const own = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  return {
    style: own("./style.css"),
    script: own("./console.js"),
    icon: own("./icon.svg"),
    htmx: require.resolve("htmx.org/dist/htmx.min.js"),
    chart: require.resolve("uplot/dist/uPlot.iife.min.js"),
    chartStyle: require.resolve("uplot/dist/uPlot.min.css"),
  } as const;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

interface Served {
  type: string;
  tag: string;
  plain: Buffer<ArrayBuffer>;
  /** By the name of the coding. */
  coded: Readonly<Record<"br" | "gzip", Buffer<ArrayBuffer>>>;
}

/** Reads and compresses the files once. Throws where one is missing: the build copies those of our own. */
export function createAssets(): Assets {
  const served = new Map<string, Served>();
  const paths = Object.fromEntries(
    Object.entries(files()).map(([name, file]) => {
      const plain = readFileSync(file);
      const hash = createHash("sha256").update(plain).digest("base64url").slice(0, 12);
      const extension = file.slice(file.lastIndexOf(".") + 1);
      const path = `${name}.${hash}.${extension}`;
      served.set(path, { type: types[extension] ?? "", tag: `"${hash}"`, plain, coded: codedOf(plain) });
      return [name, `/console/${path}`];
    }),
  ) as Record<AssetName, string>;
  const routes = new Hono<HttpEnv>();
  routes.get("/console/:file", (c, next) => {
    const asset = served.get(c.req.param("file"));
    return asset === undefined ? next() : Promise.resolve(answer(c, asset));
  });
  return { paths, routes };
}

function codedOf(plain: Buffer): Served["coded"] {
  return {
    br: brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    gzip: gzipSync(plain, { level: 9 }),
  };
}

function answer(c: Context<HttpEnv>, { type, tag, plain, coded }: Served): Response {
  const headers = { ETag: tag, "Cache-Control": "public, max-age=31536000, immutable", Vary: "Accept-Encoding" };
  if (isKnown(c, tag)) return c.body(null, 304, headers);
  const accepted = c.req.header("Accept-Encoding") ?? "";
  const coding = (["br", "gzip"] as const).find((it) =>
    new RegExp(`\\b${it}\\b(?!\\s*;\\s*q=0(?:\\.0*)?\\b)`).test(accepted),
  );
  if (coding === undefined) return c.body(plain, 200, { ...headers, "Content-Type": type });
  return c.body(coded[coding], 200, { ...headers, "Content-Type": type, "Content-Encoding": coding });
}

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Options of a Node that runs our sources as they are, whatever the present one was started with. */
export const typescript = ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx/esm")).href];

import { readFileSync } from "node:fs";
import type { z } from "zod";
import type { Config } from "../../src/config.ts";
import type { NodeNote } from "../../src/data-directory.ts";
import { type Health, healthSchema } from "../../src/http/health.ts";
import { problemSchema } from "../../src/http/problem.ts";
import { CommandFailed, exitCode } from "./errors.ts";

const timeoutMs = 10_000;

/** Health as the running node tells it; null when there is no node, it serves no HTTP, or it cannot say. */
export async function askHealth(node: NodeNote | null): Promise<Health | null> {
  if (node?.http == null) return null;
  try {
    const response = await fetch(`${node.http}/api/health`, { signal: AbortSignal.timeout(timeoutMs) });
    return healthSchema.parse(await response.json());
  } catch {
    return null;
  }
}

interface Call {
  method: "GET" | "POST";
  path: string;
  token: string | null;
}

/** Calls an admin route of the running node. Throws `CommandFailed`: unauthorised, unreachable, or failed. */
export async function callNode<T>(url: string, { method, path, token }: Call, schema: z.ZodType<T>): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url + path, {
      method,
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw new CommandFailed(exitCode.unreachable, `the node does not answer at ${url}: ${reasonOf(error)}`);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return schema.parse(body);
  const detail = problemSchema.safeParse(body).data?.detail ?? response.statusText;
  const refused = response.status === 401 || response.status === 403;
  throw new CommandFailed(
    refused ? exitCode.unauthorised : exitCode.failed,
    `the node answers ${response.status} to ${method} ${path}: ${detail}${refused ? " (FULLTIME_ADMIN_TOKEN or --token-file)" : ""}`,
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** The admin token: from the file named, else the configured one. Never from a flag, which every user of the machine can read. */
export function readToken(config: Config, file: string | undefined): string | null {
  if (file === undefined) return config.adminToken;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new CommandFailed(exitCode.usage, `--token-file ${file} cannot be read: ${reasonOf(error)}`);
  }
}

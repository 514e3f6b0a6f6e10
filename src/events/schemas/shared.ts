import { z } from "zod";
import { categories, stages } from "../../match/event.ts";

/** ISO 8601 in UTC, as `Date.toISOString` writes it. */
export const instant = z.iso.datetime();
export const stage = z.enum(stages);
export const category = z.enum(categories);
export const count = z.int().min(0);
export const positive = z.int().min(1);
export const sequence = z.int().min(0);
export const score = z.object({ home: count, away: count });
export const requestReason = z.enum(["due", "catch-up", "retry", "retro", "operator"]);
export const severity = z.enum(["info", "warning", "critical", "missed"]);
export const outcomes = z.object({ home: z.number(), draw: z.number(), away: z.number() });

import { Counter, type Registry } from "prom-client";
import { type Denials, denialReasons } from "../access/denials.ts";

/** Refused requests by reason; call what is returned before each scrape. */
export function denialCounter(registry: Registry, denials: Pick<Denials, "count">): () => void {
  const counter = new Counter({
    name: "fulltime_http_denials_total",
    help: "Requests refused for who made them, from where, or how often.",
    labelNames: ["reason"],
    registers: [registry],
  });
  return () => {
    counter.reset();
    for (const reason of denialReasons) counter.inc({ reason }, denials.count(reason));
  };
}

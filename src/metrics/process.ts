import { collectDefaultMetrics, Registry } from "prom-client";

/**
 * CPU, memory, event loop and garbage collection of the process: one registry for all its nodes, as what measures them can
 * not be taken down again.
 */
export function processMetrics(): Registry {
  if (registry === null) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry, prefix: "fulltime_" });
    for (const name of left) registry.removeSingleMetric(name);
  }
  return registry;
}

let registry: Registry | null = null;

/** Gauges named as counters, which `promtool check metrics` refuses, their parts by kinds that come and go, and the version. */
const left = [
  "fulltime_nodejs_active_handles_total",
  "fulltime_nodejs_active_requests_total",
  "fulltime_nodejs_active_resources_total",
  "fulltime_nodejs_active_handles",
  "fulltime_nodejs_active_requests",
  "fulltime_nodejs_active_resources",
  "fulltime_nodejs_version_info",
];

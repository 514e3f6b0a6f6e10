import { findChromium } from "../../scripts/chromium.ts";
import { testBinary, testCache } from "./server.ts";

/** Fetches the nats-server and unpacks Chromium once, before test files that run side by side would each do it. */
export default async function setup(): Promise<void> {
  await Promise.all([testBinary((text) => console.log(text)), findChromium(testCache)]);
}

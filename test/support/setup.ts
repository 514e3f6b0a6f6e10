import { testBinary } from "./server.ts";

/** Fetches the nats-server once, before test files that run side by side would each fetch it. */
export default async function setup(): Promise<void> {
  await testBinary((text) => console.log(text));
}

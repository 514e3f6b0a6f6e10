import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { newToken } from "../../../src/http/access/token-hash.ts";
import { testBrowser } from "../../support/browser.ts";
import { consoleNode } from "../../support/console-node.ts";
import { planted } from "../../support/console-season.ts";
import { selfSigned } from "../../support/provider-server.ts";

const name = "fulltime.example";
const browser = testBrowser({ names: [name] });

/** A proxy that ends TLS and passes everything on, with the headers that such ones add; resolves with its port. */
async function proxyTo(port: number): Promise<number> {
  const server = createServer(selfSigned(), (asked, answer) => {
    const headers = {
      ...asked.headers,
      "x-forwarded-for": asked.socket.remoteAddress ?? "",
      "x-forwarded-proto": "https",
      "x-forwarded-host": asked.headers.host ?? "",
      via: "1.1 proxy",
    };
    const passed = request({ port, host: "127.0.0.1", method: asked.method, path: asked.url, headers }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      answer.flushHeaders();
      found.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test("behind a proxy that ends TLS one signs in, follows and acts; the session's cookie is for TLS alone", async () => {
  const token = newToken();
  const node = await consoleNode({
    adminToken: token,
    access: { allowedHosts: [name], trustedProxies: ["127.0.0.1"] },
  });
  const url = `https://${name}:${await proxyTo(node.port)}`;
  const { page, errors, strangers } = await browser.visit({ url, ignoreHTTPSErrors: true });
  await page.goto(`${url}/matches/${planted.unsettled}`);
  await page.getByLabel("Token").fill(token);
  const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
  await page.getByRole("button", { name: "Sign in" }).click();
  expect((await followed).status()).toBe(200);
  const [cookie] = (await page.context().cookies()).filter((it) => it.name.includes("fulltime_"));
  expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: "Strict" });
  node.connect(false);
  await page.getByText("NATS does not answer", { exact: true }).waitFor();
  node.connect(true);
  await page.getByText("NATS does not answer", { exact: true }).waitFor({ state: "detached" });
  await page.getByLabel("Why (needed, kept in the log)").fill("abandoned");
  await page.getByRole("button", { name: "Dismiss this failure" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Dismiss this failure" }).click();
  await expect.poll(() => node.events("match.failure.dismissed").length).toBe(2);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
  expect([errors, strangers]).toEqual([[], []]);
});

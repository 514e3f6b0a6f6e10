import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { newToken, sha256Of } from "../../../src/http/access/token-hash.ts";
import { narrow, testBrowser, wide } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { planted } from "../../support/console-season.ts";

const browser = testBrowser();
const [operator, reader] = [newToken(), newToken()];
const access = {
  principals: [
    { name: "otto", scope: "operate", token: sha256Of(operator) },
    { name: "rita", scope: "read", token: sha256Of(reader) },
  ],
} as const;

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function backfilled(node: ConsoleNode): Promise<string> {
  const response = await fetch(`${node.url}/api/admin/backfill`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${operator}` },
    body: JSON.stringify({ matchIds: [planted.missed] }),
  });
  return ((await response.json()) as { backfillId: string }).backfillId;
}

describe.each([
  ["wide, light", { viewport: wide, colorScheme: "light" as const }],
  ["narrow, dark, without scripts", { viewport: narrow, colorScheme: "dark" as const, javaScriptEnabled: false }],
])("%s", (_, options) => {
  test("whoever has not signed in is led there, and back to where he wanted", async () => {
    const node = await consoleNode({ access });
    const { page } = await browser.visit({ url: node.url, ...options });
    await page.goto(`${node.url}/gaps?severity=critical`);
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    await signIn(page, newToken());
    await page.getByText("this is not a known token").waitFor();
    await signIn(page, operator);
    await page.getByRole("heading", { name: "Gaps" }).waitFor();
    expect(page.url()).toBe(`${node.url}/gaps?severity=critical`);
    await page.getByText("otto").waitFor();
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name.startsWith("fulltime_"));
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/", secure: false });
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Token").waitFor();
    await page.goto(`${node.url}/gaps`);
    expect(new URL(page.url()).pathname).toBe("/sign-in");
    // The old cookie is of no use to whoever has kept it.
    const answer = await fetch(`${node.url}/gaps`, {
      headers: { Cookie: `${cookie?.name}=${cookie?.value}` },
      redirect: "manual",
    });
    expect(answer.status).toBe(303);
  });
});

test("the page where somebody signs in is sound", async () => {
  const node = await consoleNode({ access });
  for (const options of [{ viewport: wide }, { viewport: narrow, colorScheme: "dark" as const }]) {
    const visit = await browser.visit({ url: node.url, ...options });
    await visit.page.goto(`${node.url}/sign-in`);
    expect(await visit.violations()).toEqual([]);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
  }
});

test("wrong tokens of one address are limited, and the right one still passes", async () => {
  const node = await consoleNode({ access });
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/sign-in`);
  for (let n = 0; n < 10; n += 1) {
    await signIn(page, newToken());
    await page.getByText("this is not a known token").waitFor();
  }
  await signIn(page, newToken());
  await page.getByText(/too many wrong tokens: come back in \d+ s/).waitFor();
  await signIn(page, operator);
  await page.getByRole("heading", { name: "Tonight" }).waitFor();
  expect(node.logged.some(({ reason }) => reason === "wrong-token")).toBe(true);
  expect(JSON.stringify(node.logged)).not.toContain(operator);
});

test("a reader sees no button that would do nothing, and cannot press one", async () => {
  const node = await consoleNode({ access });
  const id = await backfilled(node);
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/sign-in?to=/requests/${id}`);
  await signIn(page, reader);
  await page.getByText("Asked by").waitFor();
  expect(await page.getByRole("button").allInnerTexts()).toEqual(["Sign out", "Pause"]);
  const status = await page.evaluate<number>(
    `fetch("/requests/${id}/cancel", { method: "POST", body: new URLSearchParams({ _form: document.forms[0]._form.value }) }).then((it) => it.status)`,
  );
  expect(status).toBe(403);
  expect(node.events("operator.cancelled")).toEqual([]);
});

test("what was sent after the session had ended waits for the next sign-in", async () => {
  const node = await consoleNode({ access });
  const id = await backfilled(node);
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/sign-in?to=/requests/${id}`);
  await signIn(page, operator);
  await page.getByLabel("Reason").fill("wrong week");
  await node.restart();
  await page.getByRole("button", { name: "Cancel what has not begun" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel what has not begun" }).click();
  await page.getByText("You are signed out: nothing was done yet").waitFor();
  expect(node.events("operator.cancelled")).toEqual([]);
  await signIn(page, operator);
  await page.getByText("wrong week").waitFor();
  await page.getByRole("button", { name: "Send it again" }).click();
  await page.getByText("Cancelled by").waitFor();
  expect(node.events("operator.cancelled")).toMatchObject([{ data: { principal: "otto", reason: "wrong week" } }]);
});

test("where no token is configured nobody has to sign in", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/sign-in?to=/gaps`);
  expect(page.url()).toBe(`${node.url}/gaps`);
});

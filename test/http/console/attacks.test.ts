import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { newToken, sha256Of } from "../../../src/http/access/token-hash.ts";
import { testBrowser, type Visit } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { planted } from "../../support/console-season.ts";

const browser = testBrowser({ names: ["evil.example"] });
const token = newToken();
const access = { principals: [{ name: "otto", scope: "operate", token: sha256Of(token) }] } as const;

async function backfilled({ url }: ConsoleNode): Promise<string> {
  const response = await fetch(`${url}/api/admin/backfill`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ matchIds: [planted.missed] }),
  });
  return ((await response.json()) as { backfillId: string }).backfillId;
}

async function signedIn({ url }: ConsoleNode): Promise<Visit> {
  const visit = await browser.visit({ url });
  await visit.page.goto(`${url}/sign-in`);
  await visit.page.getByLabel("Token").fill(token);
  await visit.page.getByRole("button", { name: "Sign in" }).click();
  await visit.page.getByRole("heading", { name: "Tonight" }).waitFor();
  return visit;
}

/** Somebody else's page, on a port of this machine; resolves with that port. */
async function page(html: string): Promise<number> {
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(html));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe("a form that another page sends", () => {
  // A session's cookie goes along from the same site, whatever its port, and from no other.
  test.each(["127.0.0.1", "localhost", "evil.example"])("from %s does nothing", async (host) => {
    const node = await consoleNode({ access });
    const id = await backfilled(node);
    const action = `${node.url}/requests/${id}/cancel`;
    const port = await page(`<form method="post" action="${action}"><input name="reason" value="ha"></form>
      <script>document.forms[0].submit()</script>`);
    const visit = await signedIn(node);
    await visit.page.goto(`http://${host}:${port}/`);
    await visit.page.waitForURL(action);
    await visit.page.getByText("a page of another origin may change nothing here").waitFor();
    expect(node.events("operator.cancelled")).toEqual([]);
    expect(node.logged.some(({ reason }) => reason === "cross-site")).toBe(true);
  });

  test("by a script neither, and its answer is not for it to read", async () => {
    const node = await consoleNode({ access });
    const id = await backfilled(node);
    const port = await page("<p>");
    const { page: theirs } = await signedIn(node);
    await theirs.goto(`http://127.0.0.1:${port}/`);
    for (const what of [
      `fetch("${node.url}/requests/${id}/cancel", { method: "POST", credentials: "include", body: new URLSearchParams({ reason: "ha" }) })`,
      `fetch("${node.url}/gaps", { credentials: "include" })`,
    ]) {
      expect(await theirs.evaluate(`${what}.then(() => "read", () => "refused")`)).toBe("refused");
    }
    expect(node.events("operator.cancelled")).toEqual([]);
  });

  test("to sign its reader in as somebody else is refused", async () => {
    const node = await consoleNode({ access });
    const port =
      await page(`<form method="post" action="${node.url}/sign-in"><input name="token" value="${token}"></form>
      <script>document.forms[0].submit()</script>`);
    const { page: theirs } = await browser.visit({ url: node.url });
    await theirs.goto(`http://127.0.0.1:${port}/`);
    await theirs.getByText("a page of another origin may change nothing here").waitFor();
    expect((await theirs.context().cookies()).filter(({ name }) => name.startsWith("fulltime"))).toEqual([]);
  });
});

describe.each([
  ["no token", "it.remove()"],
  ["an empty one", 'it.value = ""'],
  ["an old one", 'it.value = "0".repeat(64)'],
  ["one of another alphabet", 'it.value = "ü".repeat(64)'],
])("a form with %s", (_, change) => {
  test("does nothing, and loses nothing: it is offered again", async () => {
    const node = await consoleNode({ access });
    const id = await backfilled(node);
    const { page: own, violations } = await signedIn(node);
    await own.goto(`${node.url}/requests/${id}`);
    await own.getByLabel("Reason").fill("wrong week");
    await own.evaluate(`for (const it of document.querySelectorAll("#cancel [name=_form]")) ${change}`);
    await own.getByRole("button", { name: "Cancel what has not begun" }).click();
    await own.getByRole("dialog").getByRole("button", { name: "Cancel what has not begun" }).click();
    await own.getByText("Nothing was done yet").waitFor();
    expect(await violations()).toEqual([]);
    expect(node.events("operator.cancelled")).toEqual([]);
    expect(node.logged.some(({ reason }) => reason === "form-token")).toBe(true);
    await own.getByText("wrong week").waitFor();
    await own.getByRole("button", { name: "Send it again" }).click();
    await own.getByText("Cancelled by").waitFor();
    expect(node.events("operator.cancelled")).toMatchObject([{ data: { principal: "otto", reason: "wrong week" } }]);
  });
});

test("a form's token is of its session alone", async () => {
  const node = await consoleNode({ access });
  const id = await backfilled(node);
  const [mine, theirs] = [await signedIn(node), await signedIn(node)];
  const path = `${node.url}/requests/${id}`;
  const tokenOf = async ({ page: at }: Visit) => {
    await at.goto(path);
    return at.evaluate<string>(`document.querySelector("#cancel [name=_form]").value`);
  };
  const [ofMine, ofTheirs] = [await tokenOf(mine), await tokenOf(theirs)];
  expect(ofMine).not.toBe(ofTheirs);
  const post = `fetch("${path}/cancel", { method: "POST", body: new URLSearchParams({ _form: "${ofTheirs}" }) })`;
  expect(await mine.page.evaluate(`${post}.then((it) => it.status)`)).toBe(403);
  expect(node.events("operator.cancelled")).toEqual([]);
});

test("a token that is typed into a field is refused, as a reason is kept for ever", async () => {
  const node = await consoleNode({ access });
  const id = await backfilled(node);
  const { page: own } = await signedIn(node);
  await own.goto(`${node.url}/requests/${id}`);
  await own.getByLabel("Reason").fill(`my token is ${token}`);
  await own.getByRole("button", { name: "Cancel what has not begun" }).click();
  await own.getByRole("dialog").getByRole("button", { name: "Cancel what has not begun" }).click();
  await own.getByText("the token may stand in the Authorization header only").waitFor();
  expect(await own.content()).not.toContain(token);
  expect(node.events("operator.cancelled")).toEqual([]);
});

test("a form's own fields are no guesses at a token that somebody chose", async () => {
  const node = await consoleNode({ access, adminToken: "correct-horse-battery" });
  const { page: own } = await signedIn(node);
  const post = `fetch("/requests/x/cancel", { method: "POST", body: new URLSearchParams({
    _form: document.forms[0]._form.value, _call: crypto.randomUUID() + "-and-as-long-as-a-token", reason: "why" }) })`;
  for (let n = 0; n < 12; n += 1) expect(await own.evaluate(`${post}.then((it) => it.status)`)).toBe(404);
});

test("a frame in another page stays empty", async () => {
  const node = await consoleNode();
  const port = await page(`<iframe src="${node.url}/gaps" width="600" height="400"></iframe>`);
  const { page: theirs } = await browser.visit({ url: node.url });
  const refused = theirs.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
  await theirs.goto(`http://127.0.0.1:${port}/`);
  await refused;
  expect(await theirs.frameLocator("iframe").getByRole("heading", { name: "Gaps" }).count()).toBe(0);
});

test.each([null, access])("a name that somebody else's server points here is refused (%j)", async (given) => {
  const node = await consoleNode(given === null ? {} : { access: given });
  const { page: theirs } = await browser.visit({ url: node.url });
  for (const path of ["/", "/gaps", "/sign-in", "/api/matches", "/docs"]) {
    const answer = await theirs.goto(`http://evil.example:${node.port}${path}`);
    expect([path, answer?.status()]).toEqual([path, 403]);
  }
  expect(await theirs.content()).not.toContain(planted.covered);
  expect(node.logged.some(({ reason }) => reason === "host")).toBe(true);
});

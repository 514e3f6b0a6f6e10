import { expect, test } from "vitest";
import { desk, settledLife } from "./calls/lives.ts";
import { unsettled } from "../support/ended-lives.ts";

const [failed, done] = ["pl-2016-17-a-b", "pl-2016-17-c-d"];
const listed = async (it: Awaited<ReturnType<typeof desk>>, query = "") => {
  const response = await it.ask(`/api/admin/settlement-failures${query}`);
  const { failures } = (await response.json()) as { failures: { matchId: string; dismissed: unknown }[] };
  return failures.map(({ matchId, dismissed }) => [matchId, dismissed]);
};

test("a failed settlement is dismissed for a reason, and restored; each is a fact that names who", async () => {
  const it = await desk([unsettled(failed), settledLife(done)]);
  const dismissed = await it.send("DELETE", `/settlement-failures/${failed}`, { reason: "closed doors" });
  expect([dismissed.status, await dismissed.json()]).toEqual([
    202,
    { matchId: failed, result: "requested", requestId: expect.any(String) },
  ]);
  expect(await listed(it)).toEqual([]);
  expect(await listed(it, "?dismissed=true")).toEqual([[failed, { by: "local", reason: "closed doors" }]]);
  const again = await it.send("DELETE", `/settlement-failures/${failed}`, { reason: "closed doors" });
  expect(await again.json()).toMatchObject({ result: "already-done", requestId: null });

  const restored = await it.send("POST", `/settlement-failures/${failed}/restore`);
  expect([restored.status, await restored.json()]).toMatchObject([202, { result: "requested" }]);
  expect(await listed(it)).toEqual([[failed, null]]);
  expect(it.events("match.failure.dismissed", "match.failure.restored").map(({ actor }) => actor)).toEqual([
    "operator:local",
    "operator:local",
  ]);
});

test.each([
  [failed, undefined, 422],
  [failed, {}, 422],
  [failed, { reason: "  " }, 422],
  [failed, { reason: "x".repeat(301) }, 400],
  [done, { reason: "known" }, 409],
  ["pl-2016-17-no-where", { reason: "known" }, 404],
])("dismissing %s with %o: %i, and nothing is written", async (id, body, status) => {
  const it = await desk([unsettled(failed), settledLife(done)]);
  const before = it.server.messages.length;
  expect((await it.send("DELETE", `/settlement-failures/${id}`, body)).status).toBe(status);
  expect(it.server.messages).toHaveLength(before);
});

test("while nobody carries calls out, the answer comes all the same", async () => {
  const it = await desk([unsettled(failed)], { working: false });
  const answer = it.send("DELETE", `/settlement-failures/${failed}`, { reason: "known" });
  await it.wall.advance(5000);
  const { requestId } = (await (await answer).json()) as { requestId: string };
  expect(await (await it.ask(`/api/admin/requests/${requestId}`)).json()).toMatchObject({ state: "starting" });
});

test("a key that is none is refused, as on every other call", async () => {
  const it = await desk([unsettled(failed)]);
  const answer = await it.send(
    "DELETE",
    `/settlement-failures/${failed}`,
    { reason: "known" },
    { "Idempotency-Key": "a b" },
  );
  expect(answer.status).toBe(400);
});

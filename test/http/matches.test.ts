import { describe, expect, test } from "vitest";
import { matchesSchema } from "../../src/http/matches.ts";
import { modelsSchema } from "../../src/http/models.ts";
import { day, history, hour, kickoff } from "../support/history.ts";
import { type Served, serve } from "./support.ts";

async function list(served: Served, query = "") {
  const response = await served.ask(`/api/matches${query}`);
  expect(response.status).toBe(200);
  return matchesSchema.strict().parse(await response.json());
}

async function some(): Promise<Served> {
  const served = await serve({ at: kickoff });
  for (const [i, id] of ["a", "b", "c", "d", "e"].entries())
    await served.write(history(`pl-${id}`).scheduled({ kickoff: kickoff + i * day }));
  await served.write(history("sa-f").scheduled({ competition: "sa", season: "2015-16", kickoff: kickoff - hour }));
  await served.write(history("pl-old").scheduled({ purpose: "history", kickoff: kickoff - 365 * day }));
  return served;
}

describe("GET /api/matches", () => {
  test("pages through the live matches, by kick-off", async () => {
    const served = await some();
    const first = await list(served, "?limit=4");
    expect(first.matches.map(({ id }) => id)).toEqual(["sa-f", "pl-a", "pl-b", "pl-c"]);
    expect(first).toMatchObject({ sequence: 7, stale: false });
    expect(first.matches[1]).toMatchObject({ kickoff: "2017-01-14T15:00:00.000Z", home: { id: "a", name: "A" } });
    const second = await list(served, `?limit=4&cursor=${first.nextCursor}`);
    expect(second.matches.map(({ id }) => id)).toEqual(["pl-d", "pl-e"]);
    expect(second.nextCursor).toBeNull();
  });

  test.each([
    ["?purpose=history", ["pl-old"]],
    ["?purpose=all&limit=2", ["pl-old", "sa-f"]],
    ["?competition=sa", ["sa-f"]],
    ["?season=2015-16", ["sa-f"]],
    ["?status=finished", []],
    ["?from=2017-01-15&to=2017-01-16", ["pl-b", "pl-c"]],
    ["?from=2017-01-15T15:00Z&to=2017-01-15T15:00Z", ["pl-b"]],
    ["?from=2017-01-15T16:00:00%2B01:00&to=2017-01-15T15:00", ["pl-b"]],
  ])("%s", async (query, ids) => {
    expect((await list(await some(), query)).matches.map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ["?limit=0", "limit"],
    ["?limit=201", "limit"],
    ["?limit=ten", "limit"],
    ["?status=over", "status"],
    ["?from=yesterday", "from"],
    ["?to=2017-13-01", "to"],
    ["?competition=", "competition"],
    ["?cursor=AAAA", "cursor"],
    ["?status=finished&status=scheduled", "status"],
    ["?stauts=finished", "unknown field; known are status, competition"],
  ])("%s is refused, naming the field", async (query, field) => {
    const response = await (await some()).ask(`/api/matches${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(((await response.json()) as { detail: string }).detail).toContain(field);
  });
});

describe("a cursor", () => {
  test("is of its list: of another filter or route it is refused, with another limit it goes on", async () => {
    const served = await some();
    const { nextCursor } = await list(served, "?limit=1&purpose=live");
    expect(nextCursor).not.toBeNull();
    expect((await list(served, `?limit=2&cursor=${nextCursor}`)).matches.length).toBeGreaterThan(0);
    for (const path of [
      `/api/matches?purpose=all&cursor=${nextCursor}`,
      `/api/matches?status=scheduled&cursor=${nextCursor}`,
      `/api/matches?from=2017-01-01&cursor=${nextCursor}`,
      `/api/admin/settlement-failures?cursor=${nextCursor}`,
    ]) {
      const response = await served.ask(path);
      expect([path, response.status]).toEqual([path, 400]);
      expect(((await response.json()) as { detail: string }).detail).toContain("cursor");
    }
  });
});

describe("ETag", () => {
  const known = (tag: string | null) => ({ headers: { "If-None-Match": tag ?? "none" } });

  test("an answer that still stands is not sent again, until something is written", async () => {
    const served = await some();
    const first = await served.ask("/api/matches");
    const tag = first.headers.get("ETag");
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(first.headers.get("Cache-Control")).toBe("no-cache");
    const again = await served.ask("/api/matches", known(`"other", ${tag}`));
    expect(again.status).toBe(304);
    expect(again.headers.get("ETag")).toBe(tag);
    expect(await again.text()).toBe("");
    await served.write(history("pl-new").scheduled());
    const later = await served.ask("/api/matches", known(tag));
    expect(later.status).toBe(200);
    expect(matchesSchema.parse(await later.json()).matches.map(({ id }) => id)).toContain("pl-new");
  });

  test("is of one URL: it says nothing of another query, nor of a bad one", async () => {
    const served = await some();
    const tag = (await served.ask("/api/matches")).headers.get("ETag");
    expect((await served.ask("/api/matches?limit=1", known(tag))).status).toBe(200);
    expect((await served.ask("/api/matches?limit=0", known(tag))).status).toBe(400);
    expect((await served.ask("/api/models", known(tag))).status).toBe(200);
    expect((await served.ask("/api/matches", known("*"))).status).toBe(200);
  });

  test("a match's own answer outlives what happens to others, and no rebuild", async () => {
    const served = await some();
    const tag = (await served.ask("/api/matches/pl-a")).headers.get("ETag");
    await served.write(history("pl-new").scheduled());
    expect((await served.ask("/api/matches/pl-a", known(tag))).status).toBe(304);
    served.jump(kickoff + 1);
    await served.node.readModel.rebuild();
    expect((await served.ask("/api/matches/pl-a", known(tag))).status).toBe(200);
  });

  test("what depends on the clock has none", async () => {
    const served = await some();
    for (const path of ["/api/health", "/api/admin/pipeline-health", "/api/changes"]) {
      const { headers } = await served.ask(path);
      expect(headers.get("ETag")).toBeNull();
      expect(headers.get("Cache-Control")).toBe("no-store");
    }
  });
});

test("GET /api/models is the panel's table, live or retro", async () => {
  const served = await serve({ at: kickoff });
  const live = history("pl-live")
    .scheduled()
    .at(kickoff - 6 * hour);
  live
    .requested("analyse")
    .analysed()
    .requested("predict")
    .predicted()
    .at(kickoff + 2 * hour)
    .finished();
  await served.write(live.requested("settle").settled());
  const retro = history("sa-retro")
    .scheduled({ competition: "sa" })
    .at(kickoff + 3 * hour)
    .finished()
    .retro();
  await served.write(
    retro.requested("analyse").analysed().requested("predict").predicted().requested("settle").settled(),
  );
  const panel = async (query = "") =>
    modelsSchema
      .strict()
      .parse(await (await served.ask(`/api/models${query}`)).json())
      .panel.map(({ model, n }) => [model, n]);
  const all = [
    ["elo", 1],
    ["pi", 1],
    ["poisson", 1],
  ];
  expect(await panel()).toEqual(all);
  expect(await panel("?competition=sa")).toEqual([]);
  expect(await panel("?kind=retro&competition=sa&season=2016-17")).toEqual(all);
  expect((await served.ask("/api/models?kind=both")).status).toBe(400);
});

test("reads are a problem when no read model can answer", async () => {
  const served = await some();
  await served.node.readModel.stop();
  for (const path of ["/api/matches", "/api/matches/pl-a", "/api/models", "/api/admin/settlement-failures"]) {
    const response = await served.ask(path);
    expect(response.status).toBe(503);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  }
});

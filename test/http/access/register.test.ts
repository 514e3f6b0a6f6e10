import { describe, expect, test } from "vitest";
import { createRegister } from "../../../src/http/access/register.ts";
import { newToken, scryptOf, sha256Of } from "../../../src/http/access/token-hash.ts";

const adminToken = "an-admin-token-of-16";
const [reader, operator] = [newToken(), newToken()];
const entries = [
  { name: "reader", scope: "read", token: sha256Of(reader) },
  { name: "operator", scope: "operate", token: sha256Of(operator) },
] as const;

describe("tokens that are compared at once", () => {
  test("belong to their principal and to nobody else", () => {
    const register = createRegister(adminToken, entries);
    expect(register.configured).toBe(true);
    expect(register.find(adminToken)).toEqual({ name: "admin", scope: "admin" });
    expect(register.find(reader)).toEqual({ name: "reader", scope: "read" });
    expect(register.find(operator)).toEqual({ name: "operator", scope: "operate" });
    for (const wrong of ["", `${reader}x`, reader.slice(1), sha256Of(reader), newToken()]) {
      expect(register.find(wrong)).toBeNull();
    }
  });

  test("SHA-256 serves random tokens alone: a short one is not taken, whatever its hash", () => {
    const register = createRegister(null, [{ name: "lazy", scope: "admin", token: sha256Of("password") }]);
    expect(register.find("password")).toBeNull();
  });

  test("without any there is nobody to tell apart", () => {
    expect(createRegister(null, []).configured).toBe(false);
  });

  test("an entry that is none is a broken invariant", () => {
    expect(() => createRegister(null, [{ name: "x", scope: "read", token: "in-the-clear" }])).toThrow(
      "principal x: token: must begin with",
    );
  });
});

describe("tokens that somebody chose", () => {
  const chosen = "correct-horse-battery";

  test("are verified once, and from then on compared like the others", async () => {
    const register = createRegister(adminToken, [{ name: "anna", scope: "operate", token: await scryptOf(chosen) }]);
    expect(register.find(chosen)).toBeNull();
    expect(await register.verify("not-the-right-one")).toBeNull();
    expect(await register.verify(chosen)).toEqual({ name: "anna", scope: "operate" });
    expect(register.find(chosen)).toEqual({ name: "anna", scope: "operate" });
    expect(register.find("not-the-right-one")).toBeNull();
  });

  test("wait in a line that has an end", async () => {
    const register = createRegister(null, [{ name: "anna", scope: "operate", token: await scryptOf(chosen) }]);
    const attempts = await Promise.all(Array.from({ length: 20 }, () => register.verify(chosen)));
    expect(attempts.filter((found) => found === "busy")).toHaveLength(4);
    // The first made it known: those behind it cost nothing.
    expect(attempts.filter((found) => found !== "busy" && found?.name === "anna")).toHaveLength(16);
    expect(await register.verify(chosen)).toEqual({ name: "anna", scope: "operate" });
  });

  test("cost nothing where nobody chose one", async () => {
    expect(await createRegister(adminToken, entries).verify("x")).toBeNull();
  });
});

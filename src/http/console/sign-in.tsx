import { type Context, Hono } from "hono";
import { z } from "zod";
import type { Access } from "../access/access.ts";
import { isConsolePage, ownPath } from "../access/console-paths.ts";
import { formFields, readForm } from "../access/form.ts";
import type { HttpEnv } from "../openapi.ts";
import { problemSchema } from "../problem.ts";
import { Hidden } from "./components/form.tsx";
import { Notice } from "./components/state.tsx";
import { againPage } from "./form-guard.tsx";
import type { Console } from "./page.tsx";

/** `GET` and `POST /sign-in`, `POST /sign-out`. */
export function signInPages(
  console: Pick<Console, "page" | "viewer">,
  { configured, login, sessions }: Access,
): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();

  function show(c: Context<HttpEnv>, given: Omit<SignInProps, "waits">, status: 200 | 400 | 401 | 429 | 503 = 200) {
    const head = { title: "Sign in", section: null, asOf: null, status };
    return console.page(c, head, <SignIn {...given} waits={given.again !== null} />);
  }

  routes.get("/sign-in", (c) => {
    const to = ownPath(c.req.query("to"));
    return configured ? show(c, { to, again: null, mistake: null }) : c.redirect(to, 303);
  });

  routes.post("/sign-in", async (c) => {
    if (!configured) return c.redirect("/", 303);
    const form = await readForm(c);
    const to = ownPath(form.get(formFields.back) ?? undefined);
    const kept = keptForm(form.get(formFields.again));
    const again = kept === null ? null : JSON.stringify(kept);
    const token = form.get("token")?.trim() ?? "";
    if (token === "") return show(c, { to, again, mistake: "Write the token." }, 400);
    const found = await login(c, token);
    if (found instanceof Response) {
      const { detail } = problemSchema.parse(await found.json());
      for (const name of ["RateLimit", "RateLimit-Policy", "Retry-After"]) {
        const value = found.headers.get(name);
        if (value !== null) c.header(name, value);
      }
      return show(c, { to, again, mistake: detail }, found.status === 429 ? 429 : 401);
    }
    c.set("principal", found);
    c.set("session", sessions.begin(c, found));
    return kept === null ? c.redirect(to, 303) : againPage(console, c, kept.path, new URLSearchParams(kept.form), 200);
  });

  routes.post("/sign-out", (c) => {
    sessions.end(c);
    return c.redirect("/sign-in", 303);
  });
  return routes;
}

/** The page of a post that came when nobody was signed in any more: its form is kept until somebody is. */
export async function signedOutPage({ page }: Pick<Console, "page">, c: Context<HttpEnv>): Promise<Response> {
  const form = await readForm(c);
  // Of the session that has ended.
  form.delete(formFields.token);
  const again = JSON.stringify({ path: c.req.path, form: form.toString() });
  return page(
    c,
    { title: "Sign in", section: null, asOf: null, status: 401 },
    <SignIn to="/" again={again} mistake={null} waits />,
  );
}

const keptSchema = z.object({ path: z.string().refine(isConsolePage), form: z.string() });

function keptForm(text: string | null): z.infer<typeof keptSchema> | null {
  try {
    return text === null ? null : keptSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

interface SignInProps {
  to: string;
  /** A form that waits for the sign-in, as JSON. */
  again: string | null;
  mistake: string | null;
  waits: boolean;
}

function SignIn({ to, again, mistake, waits }: SignInProps) {
  return (
    <>
      {waits ? (
        <Notice tone="warning" title="You are signed out: nothing was done yet">
          <p>What you sent is kept, and is offered again once you have signed in.</p>
        </Notice>
      ) : null}
      {mistake === null ? null : (
        <Notice tone="bad" title={mistake}>
          <p>A token is made with fulltime token new, or is FULLTIME_ADMIN_TOKEN of the node.</p>
        </Notice>
      )}
      <form method="post" action="/sign-in" class="sign-in">
        <Hidden fields={{ [formFields.back]: to, [formFields.again]: again }} />
        <label class="field">
          <span>Token</span>
          <input type="password" name="token" required autocomplete="current-password" autofocus />
        </label>
        <button type="submit" class="button">
          Sign in
        </button>
        <p class="quiet">It ends after 12 hours, when you sign out, or when this node restarts.</p>
      </form>
    </>
  );
}

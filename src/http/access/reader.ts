import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { bearerToken } from "./bearer.ts";
import { deny } from "./deny.ts";
import { ofThisMachine } from "./authenticate.ts";
import type { Login } from "./login.ts";
import type { Register } from "./register.ts";
import { isSafe } from "./safe.ts";
import type { Sessions } from "./session.ts";

export interface ReaderOptions {
  register: Register;
  login: Login;
  sessions: Sessions;
}

/**
 * Finds out who reads the console: by his session, or by a token that his client shows with every request; where none is
 * configured, whoever asks from this machine. Whoever has not signed in is led to where he can.
 */
export function identifyReader({ register, login, sessions }: ReaderOptions): MiddlewareHandler<HttpEnv> {
  return async function identifyReader(c, next) {
    c.set("session", null);
    c.set("discreet", false);
    if (!register.configured) return ofThisMachine(c, next);
    const session = sessions.find(c);
    if (session !== null) {
      c.set("session", session);
      c.set("principal", session.principal);
      return next();
    }
    const token = bearerToken(c.req.header("Authorization"));
    if (token !== null) {
      const found = await login(c, token);
      if (found instanceof Response) return found;
      c.set("principal", found);
      return next();
    }
    if (!isSafe(c.req.method))
      return deny(c, 401, "no-token", "nobody is signed in, or no longer: nothing was asked for");
    const { pathname, search } = new URL(c.req.url);
    const to = `/sign-in?${new URLSearchParams({ to: pathname + search }).toString()}`;
    // A fragment must not become the page of its own sign-in.
    if (c.req.header("HX-Request") === "true") return c.body(null, 204, { "HX-Redirect": to });
    return c.redirect(to, 303);
  };
}

import { type Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { ownPath } from "../access/console-paths.ts";
import type { HttpEnv } from "../openapi.ts";

export const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];

const cookie = "fulltime_theme";
const yearSeconds = 365 * 24 * 3600;

export function themeOf(c: Context): Theme {
  const chosen = getCookie(c, cookie);
  return themes.find((it) => it === chosen) ?? "auto";
}

/** `GET /theme/:theme?to=`: keeps it in the browser and leads back. Of no matter to anybody else, so a link may do it. */
export function themeRoutes(): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.get("/theme/:theme", (c, next) => {
    const theme = themes.find((it) => it === c.req.param("theme"));
    if (theme === undefined) return next();
    setCookie(c, cookie, theme, { path: "/", sameSite: "Strict", httpOnly: true, maxAge: yearSeconds });
    return Promise.resolve(c.redirect(ownPath(c.req.query("to")), 303));
  });
  return routes;
}

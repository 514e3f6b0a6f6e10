import { createHash, randomBytes } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Clock } from "../../clock.ts";
import type { Principal } from "./principal.ts";

/** Somebody who signed in with a token, in one browser. */
export interface Session {
  principal: Principal;
  /** Names it, and tells nothing of its cookie. */
  key: string;
}

/**
 * The sessions of this process. They live in memory: when a node ends all of them end, so nobody stays signed in whom the next
 * start no longer knows.
 */
export interface Sessions {
  find(c: Context): Session | null;
  /** Always a new one; the one that the browser had ends. */
  begin(c: Context, principal: Principal): Session;
  end(c: Context): void;
}

/** However it is used, a session ends then. */
export const sessionLifeMs = 12 * 3_600_000;

/** So many browsers one principal has; the oldest is signed out by the next. */
const sessionsOfPrincipalMax = 20;

export function createSessions({ elapsed }: Pick<Clock, "elapsed">): Sessions {
  /** By the hash of the cookie's value: a copy of this memory signs nobody in. In the order in which they began. */
  const sessions = new Map<string, Session & { endsAt: number }>();

  function forgetEnded(): void {
    for (const [key, { endsAt }] of sessions) {
      if (endsAt > elapsed()) break;
      sessions.delete(key);
    }
  }

  function end(c: Context): void {
    const value = getCookie(c, cookieName(c));
    if (value !== undefined) sessions.delete(keyOf(value));
  }

  return {
    find(c) {
      const value = getCookie(c, cookieName(c));
      if (value === undefined) return null;
      const session = sessions.get(keyOf(value));
      return session === undefined || session.endsAt <= elapsed() ? null : session;
    },
    begin(c, principal) {
      end(c);
      forgetEnded();
      const own = [...sessions.values()].filter((it) => it.principal.name === principal.name);
      const [oldest] = own;
      if (oldest !== undefined && own.length >= sessionsOfPrincipalMax) sessions.delete(oldest.key);
      const value = randomBytes(32).toString("base64url");
      const session = { principal, key: keyOf(value), endsAt: elapsed() + sessionLifeMs };
      sessions.set(session.key, session);
      setCookie(c, cookieName(c), value, { ...attributes(c), maxAge: sessionLifeMs / 1000 });
      return session;
    },
    end(c) {
      end(c);
      deleteCookie(c, cookieName(c), attributes(c));
    },
  };
}

/** Browsers keep cookies by host and not by port: two nodes of one machine must not sign each other's operators out. */
function cookieName(c: Context): string {
  const port = /:(\d{1,5})$/.exec(c.req.header("Host") ?? "")?.[1];
  return port === undefined ? "fulltime" : `fulltime_${port}`;
}

/**
 * Whether there is TLS before this node only its proxy knows, and the browser: the `Origin` of the form that signs in is what
 * the reader's address bar shows. A cookie that was made over TLS then never leaves it.
 */
function attributes(c: Context) {
  const secure = c.req.header("Origin")?.startsWith("https://") === true;
  return { path: "/", httpOnly: true, sameSite: "Strict", secure } as const;
}

function keyOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

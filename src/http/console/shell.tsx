import type { Context } from "hono";
import type { Child, PropsWithChildren } from "hono/jsx";
import { raw } from "hono/html";
import type { ReadModelState } from "../../projections/read-model.ts";
import { formFields } from "../access/form.ts";
import { type Condition, conditionOf } from "../condition.ts";
import type { HttpEnv } from "../openapi.ts";
import type { Assets } from "./assets.ts";
import { Hidden } from "./components/form.tsx";
import { Notice } from "./components/state.tsx";
import { Time } from "./components/time.tsx";
import { href } from "./path.ts";
import { themeOf, themes } from "./theme.ts";
import type { Viewer } from "./viewer.ts";
import { number } from "./words.ts";

export const sections = [
  ["/", "Tonight"],
  ["/matches", "Matches"],
  ["/gaps", "Gaps"],
  ["/failures", "Failures"],
  ["/backfills", "Backfills"],
  ["/models", "Models"],
  ["/system", "System"],
] as const;
export type Section = (typeof sections)[number][0];

/** As of when a page is: the read model, and whether it can be behind. Instants are epoch milliseconds of the pipeline's clock. */
export interface AsOf {
  sequence: number;
  now: number;
  connected: boolean;
  state: Pick<ReadModelState, "state" | "stale" | "target">;
}

export interface Head {
  title: string;
  /** Which of the sections it belongs to, null for none. */
  section: Section | null;
  /** It draws plots. */
  charts?: boolean;
  /** Whose changes it shows anew by itself: `all` unless told; one match; or `none`, as with a form that somebody is about to send. */
  follows?: "all" | "none" | { match: string };
}

interface ShellProps extends Head {
  c: Context<HttpEnv>;
  assets: Assets;
  /** null: nobody has signed in. */
  viewer: Viewer | null;
  /** null: the page shows nothing of the read model, or it cannot answer. */
  asOf: AsOf | null;
}

/** The document that every page stands in. Works without scripts; nothing in it is inline, as its policy allows none. */
export function Shell({ c, assets, viewer, asOf, children, ...head }: PropsWithChildren<ShellProps>) {
  const { title, section, charts = false, follows = "all" } = head;
  const { paths } = assets;
  const theme = themeOf(c);
  return (
    <>
      {raw("<!doctype html>")}
      <html
        lang="en"
        data-theme={theme}
        data-sequence={asOf?.sequence}
        data-condition={asOf === null ? undefined : conditionAt(asOf)}
        data-follows={followed(follows, asOf)}
      >
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content={theme === "auto" ? "light dark" : theme} />
          <meta name="htmx-config" content={htmxConfig} />
          <title>{`${title} · fulltime`}</title>
          <link rel="icon" type="image/svg+xml" href={paths.icon} />
          <link rel="stylesheet" href={paths.style} />
          {charts ? <link rel="stylesheet" href={paths.chartStyle} /> : null}
          <script src={paths.htmx} defer />
          {charts ? <script src={paths.chart} defer /> : null}
          <script src={paths.script} defer />
        </head>
        <body>
          <a class="skip" href="#main">
            Skip to the content
          </a>
          <header>
            <a class="name" href="/">
              fulltime
            </a>
            {viewer === null ? null : <Sections at={section} />}
            <div class="corner">
              {viewer === null ? null : <Who viewer={viewer} />}
              <Themes back={asOf === null ? "/" : pathOf(c)} chosen={theme} />
            </div>
          </header>
          {asOf === null ? null : (
            <AsOfLine asOf={asOf} follows={follows !== "none"} back={viewer?.hasSession === true ? pathOf(c) : null} />
          )}
          <main id="main" tabindex={-1}>
            <h1>{title}</h1>
            {children}
          </main>
          <Keys />
        </body>
      </html>
    </>
  );
}

function followed(follows: Head["follows"], asOf: AsOf | null): string {
  if (asOf === null || follows === undefined) return "none";
  return typeof follows === "string" ? follows : follows.match;
}

const htmxConfig = JSON.stringify({
  includeIndicatorStyles: false,
  // A node that hangs is given up, and asked again.
  timeout: 20_000,
  allowEval: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyEnabled: false,
});

function Sections({ at }: { at: Section | null }) {
  return (
    <nav class="sections" aria-label="Sections">
      {sections.map(([path, name]) => (
        <a href={path} aria-current={path === at ? "page" : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function Who({ viewer }: { viewer: Viewer }): Child {
  if (!viewer.hasSession) return <span class="quiet">{viewer.name}</span>;
  return (
    <form method="post" action="/sign-out">
      <Hidden fields={{ [formFields.token]: viewer.formToken }} />
      <span class="quiet">{viewer.name}</span>{" "}
      <button type="submit" class="button plain">
        Sign out
      </button>
    </form>
  );
}

/** Of a page that was refused nothing is repeated: what stands in its address may be a secret. */
function pathOf(c: Context<HttpEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}

function Themes({ back, chosen }: { back: string; chosen: string }) {
  return (
    <nav class="themes" aria-label="Colours">
      {themes.map((theme) => (
        <a href={href(`/theme/${theme}`, { to: back })} aria-current={theme === chosen ? "true" : undefined}>
          {theme}
        </a>
      ))}
    </nav>
  );
}

interface AsOfLineProps {
  asOf: AsOf;
  follows: boolean;
  /** Where to come back to once the session has ended and somebody has signed in again; null where there is none. */
  back: string | null;
}

/** The line waits with what is being written to, and claims to be no newer. What makes it doubtful does not wait. */
function AsOfLine({ asOf, follows, back }: AsOfLineProps) {
  return (
    <div class="as-of">
      <p id="as-of" data-live="">
        As of sequence <span class="numeric">{number(asOf.sequence)}</span>, <Time at={asOf.now} />
      </p>
      {follows ? (
        <p class="live needs-script">
          <span id="live-state" role="status">
            updates itself
          </span>{" "}
          {back === null ? null : (
            <a id="sign-in-again" href={href("/sign-in", { to: back })} hidden>
              Sign in
            </a>
          )}{" "}
          <button type="button" class="button plain" id="pause" aria-pressed="false">
            Pause
          </button>
        </p>
      ) : null}
      <div id="doubt" data-live="">
        <Staleness asOf={asOf} />
      </div>
    </div>
  );
}

function Staleness({ asOf }: { asOf: AsOf }): Child {
  const { sequence, state } = asOf;
  switch (conditionAt(asOf)) {
    case "current":
      return null;
    case "nats-away":
      return (
        <Notice tone="bad" title="NATS does not answer">
          <p>What is shown is what was known before. Nothing can be asked for or recorded until it is back.</p>
        </Notice>
      );
    case "stalled":
      return (
        <Notice tone="bad" title="The read model stands still">
          <p>
            It goes no further than sequence {number(sequence)}: see <a href="/system">System</a>.
          </p>
        </Notice>
      );
    case "old":
      return <MayBeOld>The read model is being made anew, and the old one answers.</MayBeOld>;
    case "behind":
      return <MayBeOld>The read model is {number(state.target - sequence)} events behind the log.</MayBeOld>;
  }
}

function MayBeOld({ children }: PropsWithChildren) {
  return (
    <Notice tone="warning" title="What is shown may be old">
      <p>{children}</p>
    </Notice>
  );
}

function conditionAt({ connected, state, sequence }: AsOf): Condition {
  return conditionOf(connected, state, sequence);
}

function Keys() {
  return (
    <dialog id="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="facts">
        {keys.map(([key, does]) => (
          <div>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input type="checkbox" id="keys-on" checked /> keys are on
      </label>
      <div class="buttons">
        <button type="button" class="button plain" data-close="">
          Close
        </button>
      </div>
    </dialog>
  );
}

const keys = [
  ["j", "next row"],
  ["k", "row before"],
  ["Enter", "open it"],
  ["/", "to the filter"],
  ["p", "pause updates"],
  ["?", "these keys"],
] as const;

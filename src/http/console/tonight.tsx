import { Hono } from "hono";
import type { Policy } from "../../match/policy.ts";
import type { Punctuality } from "../../projections/punctuality.ts";
import type { Diagnosis } from "../diagnosis.ts";
import type { HttpEnv } from "../openapi.ts";
import { Live } from "./components/state.tsx";
import { Text } from "./components/text.tsx";
import { Time } from "./components/time.tsx";
import type { Console } from "./page.tsx";
import { Failures, Reasons, Sources, ThisNode } from "./tonight-health.tsx";
import { Plots } from "./tonight-plots.tsx";
import { punctualityOf, type Tonight, tonightOf } from "./tonight-rows.ts";
import { Timeline } from "./tonight-timeline.tsx";
import { count, duration, number } from "./words.ts";

/** Plots of a day change little in a moment, and everybody's console asks for them: so old may they be. */
const plotsAgeMaxMs = 5000;

/** `GET /`: whether tonight's matches are safe; when they are not, what is missing, why, and what mends it. */
export function tonightPages({ options, ask, page, asOf, diagnose }: Console): Hono<HttpEnv> {
  const { policy, clock, logDiskFreePercent } = options;
  let plots: { slots: Punctuality[]; sequence: number; now: number; madeAt: number } | null = null;

  function punctuality(sequence: number, now: number): Punctuality[] {
    const young = plots !== null && clock.elapsed() - plots.madeAt <= plotsAgeMaxMs && plots.now === now;
    if (plots === null || !(young || (plots.sequence === sequence && sameHour(plots.now, now)))) {
      plots = { slots: ask((it) => punctualityOf(it, now, policy)), sequence, now, madeAt: clock.elapsed() };
    }
    return plots.slots;
  }

  const routes = new Hono<HttpEnv>();
  routes.get("/", async (c) => {
    const diagnosis = await diagnose();
    const at = asOf();
    const tonight = ask((it) => tonightOf(it, at.now, policy));
    return page(
      c,
      { title: "Tonight", section: "/", charts: true, asOf: at },
      <TonightPage
        tonight={tonight}
        diagnosis={diagnosis}
        slots={punctuality(at.sequence, at.now)}
        now={at.now}
        policy={policy}
        disk={logDiskFreePercent?.() ?? null}
      />,
    );
  });
  return routes;
}

function sameHour(a: number, b: number): boolean {
  return Math.floor(a / 3_600_000) === Math.floor(b / 3_600_000);
}

interface TonightProps {
  tonight: Tonight;
  diagnosis: Diagnosis;
  slots: readonly Punctuality[];
  now: number;
  policy: Policy;
  disk: number | null;
}

function TonightPage({ tonight, diagnosis, slots, now, policy, disk }: TonightProps) {
  const { begun, ahead, failures, sources, inFlight } = tonight;
  const about = { now, policy };
  const { reasons, status, lag, connected } = diagnosis;
  // The headline tells these already.
  const others = reasons.filter(({ code }) => code !== "coverage-low");
  const open = begun.filter(({ gap }) => gap !== null);
  return (
    <>
      <Live id="headline">
        <Headline {...truthOf(tonight, diagnosis, policy)} />
        <Reasons reasons={others} severe={status === "unhealthy"} />
      </Live>
      <Live id="kick-offs">
        <section>
          <h2>Next kick-offs</h2>
          {ahead.length > 0 ? (
            <Timeline {...about} rows={ahead} fineMax={12} lackingMax={25} label="Next kick-offs" />
          ) : (
            <NoneAhead next={tonight.next} now={now} />
          )}
        </section>
        {begun.length === 0 ? null : (
          <section>
            <h2>
              Begun and not settled: {count(begun.length, "match", "matches")}
              {open.length === 0 ? "" : `, ${number(open.length)} of them with a gap`}
            </h2>
            <Timeline {...about} rows={begun} fineMax={0} lackingMax={15} label="Begun and not settled" />
          </section>
        )}
        <Failures failures={failures} />
      </Live>
      <section>
        <h2>The last 24 hours</h2>
        <Live id="plots">
          <Plots slots={slots} now={now} />
        </Live>
      </section>
      <Live id="node">
        <Sources sources={sources} now={now} policy={policy} />
        <ThisNode connected={connected} lag={lag} inFlight={inFlight} disk={disk} />
      </Live>
    </>
  );
}

interface Truth {
  matches: number;
  withGap: number;
  /** Of matches that have begun or ended, within the days that are watched. */
  missed: number;
  /** The instant it is for. */
  at: number;
  window: number;
  /** There may be more in the log than was counted. */
  stale: boolean;
}

/** Counted match by match where all of them were looked at; else as health has it, which may be a minute old. */
function truthOf({ ahead, more }: Tonight, { coverage, asOf, now, stale }: Diagnosis, policy: Policy): Truth {
  const { missed } = coverage.gaps;
  const window = policy.coverageWindow;
  if (more) return { matches: coverage.matches, withGap: coverage.withGap, missed, at: asOf, window, stale };
  const counted = ahead.filter(({ inWindow }) => inWindow);
  const withGap = counted.filter(({ gap }) => gap !== null).length;
  return { matches: counted.length, withGap, missed, at: now, window, stale };
}

/** The one line of truth. */
function Headline({ matches, withGap, missed, at, window, stale }: Truth) {
  const hours = duration(window);
  const flag = withGap > 0;
  const found = flag
    ? `${number(withGap)} of ${count(matches, "match", "matches")} of the next ${hours} ${withGap === 1 ? "has" : "have"} a gap`
    : matches === 0
      ? `No match kicks off in the next ${hours}`
      : matches === 1
        ? `The one match of the next ${hours} is covered`
        : `All ${number(matches)} matches of the next ${hours} are covered`;
  // Nobody is told that all is well by what may be old.
  const title = stale && !flag ? `As far as is known: ${found.charAt(0).toLowerCase()}${found.slice(1)}` : found;
  const tone = flag ? "bad" : stale ? "warning" : "good";
  return (
    <div class={`notice headline ${tone}`} role={flag ? "alert" : "status"}>
      <p>
        <span aria-hidden="true">{tone === "good" ? "✓ " : "▲ "}</span>
        <strong>{title}</strong>
      </p>
      <p>
        {flag ? (
          <a class="button" href="/gaps">
            The gaps, and what mends them
          </a>
        ) : null}{" "}
        {missed === 0 ? null : (
          <a href="/gaps?severity=missed">{count(missed, "match", "matches")} kicked off with a gap</a>
        )}{" "}
        <span class="quiet">
          as of <Time at={at} />
        </span>
      </p>
    </div>
  );
}

/** That there is none in the next hours is the headline's. */
function NoneAhead({ next, now }: Pick<TonightProps, "now"> & Pick<Tonight, "next">) {
  return next === null ? (
    <p class="quiet">None is scheduled after that, as far as the sources have told.</p>
  ) : (
    <p>
      The next one is{" "}
      <a href={`/matches/${next.id}`}>
        <Text value={next.home.name} max={60} /> – <Text value={next.away.name} max={60} />
      </a>
      , <Time at={next.kickoff} now={now} />.
    </p>
  );
}

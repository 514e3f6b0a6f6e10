import { Hono } from "hono";
import { readForm } from "../access/form.ts";
import { requireScope } from "../access/scope.ts";
import type { Diagnosis } from "../diagnosis.ts";
import type { ReadModelState } from "../../projections/read-model.ts";
import type { LastRebuild } from "../calls/rebuild.ts";
import type { HttpEnv } from "../openapi.ts";
import { reasonIn } from "./reason.ts";
import { callIdIn } from "./posted.ts";
import { Action, Field } from "./components/form.tsx";
import { Fact, Facts, Live, Notice } from "./components/state.tsx";
import { Badge, type Tone } from "./components/badge.tsx";
import { Text } from "./components/text.tsx";
import { Time } from "./components/time.tsx";
import type { Console } from "./page.tsx";
import { Configuration, Consumers, Log, ThisProcess } from "./system-parts.tsx";
import { Reasons, SourceTable } from "./tonight-health.tsx";
import type { Viewer } from "./viewer.ts";
import { number, percent } from "./words.ts";

/** `GET /system`: what this node stands on. `POST /system/rebuild`: the read model, made anew from the log. */
export function systemPages(console: Console): Hono<HttpEnv> {
  const { options, ask, calls, diagnose, page, viewer, asOf } = console;
  const routes = new Hono<HttpEnv>();
  routes.get("/system", async (c) => {
    const [diagnosis, system] = [await diagnose(), await console.system()];
    const at = asOf();
    const sources = ask((it) => it.sources());
    return page(
      c,
      { title: "System", section: "/system", asOf: at },
      <>
        <Live id="health">
          {diagnosis.reasons.length === 0 ? (
            <Notice tone="good" title="Nothing is wrong with this node" />
          ) : (
            <Reasons reasons={diagnosis.reasons} severe={diagnosis.status === "unhealthy"} />
          )}
        </Live>
        <Live id="read-model">
          <ReadModel diagnosis={diagnosis} state={options.readModel.state()} last={calls.rebuild.last()} now={at.now} />
        </Live>
        <Rebuild viewer={viewer(c)} />
        <Live id="consumers">
          <Consumers consumers={system.consumers} />
        </Live>
        <Live id="log">
          <Log system={system} connected={diagnosis.connected} />
        </Live>
        <section>
          <h2>Sources</h2>
          <Live id="sources">
            <SourceTable sources={sources} now={at.now} policy={options.policy} />
          </Live>
        </section>
        <Live id="process">
          <ThisProcess system={system} />
        </Live>
        <Configuration lines={system.configuration} />
      </>,
    );
  });
  routes.post("/system/rebuild", requireScope("admin"), async (c) => {
    const form = await readForm(c);
    const reason = reasonIn(form);
    const { requestId } = await calls.rebuild.begin(c, reason === undefined ? {} : { reason }, callIdIn(form));
    return c.redirect(`/requests/${requestId}`, 303);
  });
  return routes;
}

const tones: Readonly<Record<Diagnosis["state"], Tone>> = { following: "good", building: "busy", stalled: "bad" };

interface ReadModelProps {
  diagnosis: Diagnosis;
  state: ReadModelState;
  last: LastRebuild | null;
  now: number;
}

function ReadModel({ diagnosis, state, last, now }: ReadModelProps) {
  const { rebuilding } = state;
  return (
    <section>
      <h2>The read model</h2>
      <p class="badges">
        <Badge tone={tones[state.state]} word={state.state} />
        {state.stale ? <Badge tone="warning" word="answers are stale" /> : null}
      </p>
      <Facts>
        <Fact name="Sequence">{number(state.sequence)}</Fact>
        <Fact name="Behind the log by">{number(diagnosis.lag)}</Fact>
        <Fact name="Since">
          <Time at={state.since} now={now} />
        </Fact>
        {state.haltedAt === null ? null : <Fact name="Halted at">{number(state.haltedAt)}</Fact>}
      </Facts>
      {state.reason === null ? null : (
        <p>
          <Text value={state.reason} />
        </p>
      )}
      {rebuilding === null ? null : (
        <p>
          <label>
            Being made anew: {number(rebuilding.sequence)} of {number(rebuilding.target)} events (
            {percent(rebuilding.target === 0 ? 100 : (100 * rebuilding.sequence) / rebuilding.target)}),{" "}
            {number(Math.round(rebuilding.eventsPerSecond))} a second{" "}
            <progress max={Math.max(1, rebuilding.target)} value={rebuilding.sequence} />
          </label>
        </p>
      )}
      {last === null ? null : (
        <p class="quiet">
          The last rebuild that somebody asked for ended <Time at={Date.parse(last.finishedAt)} now={now} />
          {last.error === null ? (
            "."
          ) : (
            <>
              : <Text value={last.error} />
            </>
          )}
        </p>
      )}
    </section>
  );
}

function Rebuild({ viewer }: { viewer: Viewer }) {
  return (
    <Action
      id="rebuild"
      viewer={viewer}
      needs="admin"
      action="/system/rebuild"
      label="Make the read model anew"
      confirm={<p>It is built from the log beside the present one, which answers until then. Nothing is lost.</p>}
    >
      <Field name="reason" label="Reason (kept in the log)" maxlength={300} />
    </Action>
  );
}

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { createMemoryServer, type MemoryServer } from "../../src/events/memory.ts";
import { durables } from "../../src/events/provision.ts";
import { nextDueAt } from "../../src/match/next-due.ts";
import { nextPollAt } from "../../src/match/polling.ts";
import { createFaults, type Doom } from "./faults.ts";
import { createJudge, type Judge, staggerRoomMs, type Violation } from "./judge.ts";
import { createModels } from "./models.ts";
import { createHost, drainMs, type Host } from "./node.ts";
import type { Fault } from "./plan.ts";
import { createScheduler } from "./scheduler.ts";
import { createProvider } from "./source.ts";
import { createTimeline, type Owner } from "./timeline.ts";
import { hour, minute, second } from "./units.ts";
import { contentOf, judgeEnd, judgeRows, repeatRequests } from "./verdict.ts";
import { createWorld, type World } from "./world.ts";

export interface Outcome {
  seed: number;
  /** Empty when every invariant held. */
  violations: readonly Violation[];
  world: World;
  messages: MemoryServer["messages"];
  /** What the nodes logged, warnings and worse, and what was done to them. */
  logged: readonly string[];
  /** Equal for two runs with the same events, ids included. */
  digest: string;
  crashes: number;
  operations: number;
}

/** More than any run that comes to rest needs. */
const operationsMax = 150_000;

/** Plays one seed from its first instant until everything has come to rest, or an invariant is broken. */
export async function simulate(seed: number): Promise<Outcome> {
  // Memory, where there is such a place: every start of a node syncs its files.
  const root = realpathSync(mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "fulltime-simulation-")));
  try {
    return await play(seed, root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function play(seed: number, root: string): Promise<Outcome> {
  const world = createWorld(seed);
  const { policy, plan } = world;
  const random = world.random.fork();
  const timeline = createTimeline(world.start);
  const { now } = timeline;
  const server: MemoryServer = createMemoryServer({
    clock: timeline.clockOf({ name: "server", dead: false, crashed: false }),
    identity: `simulation ${seed}`,
    // Of stages all requests come again; of letters those without an answer (architecture.md, Actors).
    startOf: (durable) => Promise.resolve(durable === "intake" ? judge.oldestUnansweredLetter() : 1),
  });
  const logged: string[] = [];
  const hosts: Host[] = [];
  const agenda: { at: number; fault: Fault }[] = [...plan.faults];
  const dooms: Doom[] = [];
  const frozen: { owner: Owner; durable: string | null; until: number }[] = [];
  let operations = 0;
  let crashes = 0;
  /** When something was last done to the world, and when everyone was last given the time to look around. */
  let restlessSince = world.start;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const judge: Judge = createJudge(world, now, server, {
    since() {
      const up = hosts.flatMap(({ life }) => (life?.state === "up" ? [life.healthyFrom] : []));
      const { now: isRefusing, until } = faults.refusing();
      return up.length === 0 || isRefusing ? null : Math.max(Math.min(...up), until);
    },
    lastIll: (matchId) =>
      Math.max(
        models.ill.get(matchId) ?? 0,
        provider.ill.get(matchId) ?? 0,
        faults.refusing().until,
        faults.refusing().now ? now() : 0,
      ),
  });
  const provider = createProvider(world);
  const models = createModels(world, judge.asked);
  const scheduler = createScheduler(timeline, world.random.fork(), (owner, point) => {
    operations++;
    for (const doom of dooms) if (doom.host.life?.owner === owner) doom.left--;
    const until = frozen.filter(
      (it) => it.owner === owner && (it.durable === null || point === `deliver:${it.durable}`),
    );
    const held = Math.max(0, ...until.map((it) => it.until - now()));
    if (held > 0 || now() >= world.healAt || !random.chance(plan.sluggish)) return held;
    return random.chance(0.05) ? 12 * second : random.int(1, 2000);
  });
  const faults = createFaults({
    world,
    now: () => Math.floor(now()),
    server,
    hosts,
    judge,
    random: world.random.fork(),
    later: addToAgenda,
    doom: (doom) => dooms.push(doom),
    freeze(host, durable, until) {
      if (host.life === null) return;
      frozen.push({ owner: host.life.owner, durable, until });
      host.life.healthyFrom = Math.max(host.life.healthyFrom, until);
    },
  });
  const around = {
    world,
    timeline,
    scheduler,
    server,
    provider,
    models,
    witness: judge,
    random: world.random.fork(),
    logger: (owner: Owner) =>
      pino({ level: "warn", base: null, timestamp: false }, { write: (line: string) => hear(owner, line) }),
    onFailed: (error: unknown) =>
      judge.violate(0, null, `a node failed: ${error instanceof Error ? error.stack : String(error)}`),
  };
  for (let index = 0; index < plan.nodes; index++) {
    hosts.push(createHost(index, root, around));
    addToAgenda(world.start + (index === 0 ? 0 : random.int(0, 3 * 60) * minute), { do: "start", node: index });
    addToAgenda(world.healAt + 30 * second, { do: "start", node: index });
  }

  function addToAgenda(at: number, fault: Fault): void {
    agenda.push({ at, fault });
    agenda.sort((a, b) => a.at - b.at);
  }

  /** A node says what must not happen in words of its own. */
  function hear(owner: Owner, line: string): void {
    if (owner.dead) return;
    logged.push(`${new Date(now()).toISOString()} ${owner.name} ${line.trim()}`);
    const { level, msg, category } = JSON.parse(line) as { level: number; msg: string; category?: string };
    const expected = msg === "a match has a gap" || (msg === "a stage failed" && category === "crash");
    if (level >= 50 && !expected) judge.violate(0, null, `${owner.name}: ${line.trim()}`);
  }

  /** Whether a node died just now. */
  function strike(): boolean {
    const before = crashes;
    for (const doom of dooms.slice()) {
      if (doom.left > 0 && now() < world.healAt) continue;
      dooms.splice(dooms.indexOf(doom), 1);
      if (doom.host.life === null || now() >= world.healAt) continue;
      crashes++;
      logged.push(`${new Date(now()).toISOString()} ${doom.host.life.owner.name} dies`);
      doom.host.crash(doom.wipe);
      addToAgenda(Math.min(now() + doom.downMs, world.healAt), { do: "start", node: doom.host.index });
    }
    return crashes > before;
  }

  const lives = () => hosts.flatMap(({ life }) => (life === null ? [] : [life]));

  /** A node that starts or rebuilds reads and syncs real files: nothing else may happen meanwhile, or runs would differ. */
  function inFiles(): boolean {
    return hosts.some(({ life, isClosing }) => {
      if (isClosing()) return true;
      const busy = life?.state === "starting" || life?.readModel?.state().state === "building";
      return life !== null && busy && scheduler.waiting(life.owner) === 0;
    });
  }

  /** Until then some dispatcher may only be putting off what it has seen. */
  const roomUntil = () => Math.max(scheduler.lastAt, restlessSince, lookedAt) + staggerRoomMs;

  const operator = server.connect();
  async function isIdle(): Promise<boolean> {
    if (now() < roomUntil() || (timeline.nextAt() ?? now()) <= now()) return false;
    const alive = lives();
    if (alive.some(({ state }) => state !== "up") || scheduler.waiting() > 0) return false;
    if (provider.underWay() > 0 || models.underWay() > 0) return false;
    const { now: isRefusing, until } = faults.refusing();
    if (isRefusing || now() < until + 5 * second) return false;
    if (alive.length === 0) return true;
    if (alive.some(({ readModel, log }) => readModel?.sequence() !== server.messages.length || log.appending > 0))
      return false;
    return (await operator.pending()) === 0;
  }

  /** The next instant at which something falls due, by the log alone and by what each node thinks. */
  function nextInstant(): number {
    const at = Math.floor(now());
    const source = judge.view.source();
    const awaited = judge.view.awaited();
    const instants = [
      ...[...judge.view.matches()].flatMap((match) => [nextDueAt(match, policy), match.fixture?.kickoff ?? null]),
      nextPollAt(source, "fixtures", awaited, policy),
      nextPollAt(source, "results", awaited, policy),
      ...lives().map(({ team }) => team?.dispatcher?.nextDueAt(at) ?? null),
    ];
    return Math.min(at + hour, ...instants.filter((it) => it !== null && it > at).map(Number));
  }

  /** Lets time pass; false when the run is over. */
  async function pass(until: number): Promise<boolean> {
    const next = agenda[0];
    if (await isIdle()) {
      if (lookedAt <= Math.max(scheduler.lastAt, restlessSince)) {
        // Whoever only looks in every second must have done so before this counts as rest.
        const to = Math.min(next?.at ?? Number.POSITIVE_INFINITY, now() + 1050);
        judge.passing(to);
        timeline.leapTo(Math.max(now(), to));
        lookedAt = now();
        return true;
      }
      judge.quiet();
      if (now() >= until) return false;
      leap(Math.min(next?.at ?? until, nextInstant(), Math.max(until, now())));
    } else {
      const timer = timeline.nextAt();
      const room = roomUntil();
      const first = Math.min(next?.at ?? room, timer ?? room);
      if (room > now() && room < first) {
        judge.passing(room);
        timeline.leapTo(room);
      } else if (next !== undefined && (timer === null || next.at <= timer)) leap(next.at);
      else if (timer === null) {
        judge.violate(0, null, "nothing is left to do and no rest");
        return false;
      } else {
        judge.passing(timer);
        timeline.fireNext();
      }
    }
    while (agenda[0] !== undefined && agenda[0].at <= now()) {
      const due = agenda.shift();
      restlessSince = now();
      if (due === undefined) continue;
      logged.push(`${new Date(now()).toISOString()} fault ${JSON.stringify(due.fault)}`);
      faults.apply(due.fault);
    }
    return true;
  }

  function leap(to: number): void {
    judge.passing(to);
    timeline.leapTo(Math.max(now(), to));
    restlessSince = now();
  }

  let sampledAt = now();
  /** Plays on until all is quiet at or after `until`. */
  async function playUntil(until: number): Promise<void> {
    while (judge.violations.length === 0) {
      await turn();
      if (inFiles()) continue;
      judge.catchUp();
      if (strike()) continue;
      if (operations > operationsMax) judge.violate(0, null, `${operations} operations and no end`);
      if (now() > until + 3 * hour) judge.violate(6, null, "the world does not come to rest");
      if (now() - sampledAt >= 10 * second) {
        sampledAt = now();
        judge.sample();
        for (const life of lives()) {
          if (
            life.state === "draining" &&
            now() > life.drainingSince + drainMs + 5 * second &&
            !faults.refusing().now
          ) {
            judge.violate(0, null, `${life.owner.name} does not come to the end of its drain`);
          }
        }
      }
      if (scheduler.step()) continue;
      if (!(await pass(until))) return;
    }
  }

  await playUntil(world.endAt);
  if (judge.violations.length === 0) judgeEnd(world, server, judge, models);
  if (judge.violations.length === 0) await staleChangesNothing();
  const dirs = hosts.flatMap(({ life, dir }) => (life === null ? [] : [dir]));
  for (const host of hosts) host.crash(false);
  await turn();
  if (judge.violations.length === 0) await judgeRows(world, server, judge, dirs);

  /** Invariant 7: every request ever made comes again, as the consumers' delivery and as a message of its own. */
  async function staleChangesNothing(): Promise<void> {
    const content = () =>
      JSON.stringify([...judge.view.matches()].filter(({ fixture }) => fixture !== null).map(contentOf));
    const ofMatches = () => server.messages.filter(({ subject }) => subject.startsWith("match."));
    const [before, count] = [content(), ofMatches().length];
    for (const durable of durables) server.removeConsumer(durable);
    restlessSince = now();
    await playUntil(now() + 10 * second);
    const added = ofMatches().slice(count);
    for (const { subject, sequence } of added)
      judge.violate(7, null, `delivered again, requests led to ${subject} at ${sequence}`);
    if (judge.violations.length > 0 || plan.forged) return;
    const copies = server.messages.length;
    repeatRequests(server);
    const copied = ofMatches().length;
    plan.forged = true;
    restlessSince = now();
    await playUntil(now() + 10 * second);
    plan.forged = false;
    for (const { subject, sequence } of ofMatches().slice(copied))
      judge.violate(7, null, `copied after ${copies}, requests led to ${subject} at ${sequence}`);
    if (content() !== before) judge.violate(7, null, "requests that were copied changed a match");
  }

  const hash = createHash("sha256");
  for (const { subject, body } of server.messages) hash.update(`${subject}\n`).update(body);
  return {
    seed,
    violations: judge.violations,
    world,
    messages: server.messages,
    logged,
    digest: hash.digest("hex"),
    crashes,
    operations,
  };
}

/** Until every promise that can go on has gone on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

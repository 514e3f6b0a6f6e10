import type { EventType } from "../match/event.ts";
import type { Entity } from "./log.ts";

/**
 * Subject <-> (entity, type). The entity comes first, so that `match.<id>.>` is the whole life of one match:
 *
 *     match.<matchId>.<type without "match.">                 match.bl1-2025-26-bayern-leipzig.analysis.requested
 *     source.<name>.<competition>.<type without "source.">    source.archive.pl.poll.requested
 *     operator.<ulid>.<type without "operator.">              operator.01J....requested
 */
export function subjectOf(entity: Entity, type: EventType): string {
  const dot = type.indexOf(".");
  if (type.slice(0, dot) !== entity.root) {
    throw new InvalidEntity(entity, `a ${type} event belongs under "${type.slice(0, dot)}"`);
  }
  checkEntity(entity);
  if (entity.id === nobody && type !== "match.request.rejected") {
    throw new InvalidEntity(entity, `"${nobody}" stands for an unknown match and takes match.request.rejected only`);
  }
  return `${entity.root}.${entity.id}${type.slice(dot)}`;
}

/** Where operators drop plain JSON by hand (`nats pub`). It is no event of any match. */
export const letterBox = "match.retro.requested";

/** The id under which rejections of letters about unknown matches are filed: nothing a source can produce. */
export const nobody = "_";

/** The entity a subject belongs to and the event type it claims; null for the letter box and for subjects that name none. */
export function parseSubject(subject: string): { entity: Entity; type: string } | null {
  if (subject === letterBox) return null;
  const root = rootOf(subject);
  if (root === null) return null;
  const from = root.length + 1;
  let to = subject.indexOf(".", from);
  if (root === "source" && to !== -1) to = subject.indexOf(".", to + 1);
  if (to === -1) return null;
  const entity: Entity = { root, id: subject.slice(from, to) };
  if (whyInvalid(entity) !== null) return null;
  return { entity, type: `${root}${subject.slice(to)}` };
}

function rootOf(subject: string): Entity["root"] | null {
  if (subject.startsWith("match.")) return "match";
  if (subject.startsWith("source.")) return "source";
  return subject.startsWith("operator.") ? "operator" : null;
}

export function entityOf(subject: string): Entity | null {
  return parseSubject(subject)?.entity ?? null;
}

/** The filter that holds every message of an entity; a version is the newest sequence under it. */
export function entityFilter(entity: Entity): string {
  checkEntity(entity);
  return `${entity.root}.${entity.id}.>`;
}

/** Longest match id: two club names, a competition, a season and a leg fit easily; NATS subjects stay far below their limit. */
export const matchIdLengthMax = 150;

const token = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Lower-case words joined by single dashes. `retro` is taken by the letter box. */
export function isMatchId(id: string): boolean {
  return id.length <= matchIdLengthMax && id !== "retro" && token.test(id);
}

/** An operator's call is named by a ULID. */
export function isCallId(id: string): boolean {
  return ulid.test(id);
}

export class InvalidEntity extends Error {
  override readonly name = "InvalidEntity";
  readonly entity: Entity;

  constructor(entity: Entity, why: string) {
    super(`${entity.root} id ${JSON.stringify(entity.id)}: ${why}`);
    this.entity = entity;
  }
}

/** Whether a NATS filter (`*` one token, `>` the rest) takes a subject. */
export function filterTakes(filter: string, subject: string): boolean {
  const wanted = filter.split(".");
  const given = subject.split(".");
  for (const [i, word] of wanted.entries()) {
    if (word === ">") return given.length > i;
    if (given[i] === undefined || (word !== "*" && word !== given[i])) return false;
  }
  return given.length === wanted.length;
}

export function checkEntity(entity: Entity): void {
  const why = whyInvalid(entity);
  if (why !== null) throw new InvalidEntity(entity, why);
}

function whyInvalid({ root, id }: Entity): string | null {
  switch (root) {
    case "match":
      if (id === nobody || isMatchId(id)) return null;
      return `must be words of a-z and 0-9 joined by single dashes, at most ${matchIdLengthMax} characters, and not "retro"`;
    case "source": {
      const parts = id.split(".");
      if (parts.length === 2 && parts.every((part) => part.length <= matchIdLengthMax && token.test(part))) return null;
      return "must be <name>.<competition>, each words of a-z and 0-9 joined by single dashes";
    }
    case "operator":
      return isCallId(id) ? null : "must be a ULID";
  }
}

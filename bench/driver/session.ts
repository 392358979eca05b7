/** What a driver knows of one server: its lines, the templates to send, and the resources that it made there. */
import { type MixedType, TYPES, templatesOf } from '../data/record.ts';
import { changed, type Filling, fill, type Template } from '../data/template.ts';
import { checkContent, checkVersion, createdId } from './check.ts';
import { type Line, openLine } from './line.ts';

/** A resource that the driver created and may read or update. */
export interface Known {
  readonly type: MixedType;
  readonly id: string;
  readonly template: Template;
  readonly filling: Filling;
  version: number;
  changes: number;
}

export interface Session {
  readonly origin: string;
  /** Whether this server promises numbers as they were written. */
  readonly exact: boolean;
  /** Resources for reading and updating, of all nine types. */
  readonly known: Known[];
  /** Resources with `HISTORY_VERSIONS` versions each. */
  readonly storied: Known[];
  lines(count: number): readonly Line[];
  /** Ids that other resources may refer to, by type. */
  readonly ground: Map<MixedType, readonly string[]>;
  /** The next template of a type, in turn over the patients. */
  template(type: MixedType): Template;
  /** References to resources that stay, and a serial never given before. */
  filling(): Filling;
  close(): Promise<void>;
}

export const PATIENTS = 1000;
export const HISTORY_VERSIONS = 8;
const GROUND_PER_TYPE = 120;
const STORIED = 120;
const PREPARING_LINES = 8;
/** Every answer has its id and version checked; one in this many is compared whole: rare enough to stay out of the p99. */
const COMPARED_EVERY = 256;

/** Opens a session; builds the templates of 1,000 patients (a quarter of a second), sends nothing. */
export function openSession(origin: string, exact: boolean): Session {
  const templates = buildTemplates();
  const turn = new Map<MixedType, number>();
  const open: Line[] = [];
  const ground = new Map<MixedType, readonly string[]>();
  let serial = 100_000;
  return {
    origin,
    exact,
    known: [],
    storied: [],
    ground,
    lines(count) {
      while (open.length < count) open.push(openLine(origin));
      return open.slice(0, count);
    },
    template(type) {
      const n = turn.get(type) ?? 0;
      turn.set(type, n + 1);
      const list = templates.get(type)!;
      return list[n % list.length]!;
    },
    filling() {
      serial++;
      const ids = Object.fromEntries([...ground].map(([type, list]) => [type, list[serial % list.length]]));
      return { ...ids, serial: String(serial), ...changed(0) };
    },
    close: async () => {
      await Promise.all(open.map((line) => line.close()));
    },
  };
}

/** Creates the ground that other resources refer to: resources of each type, in the order of their references. */
export async function prepareGround(session: Session): Promise<void> {
  if (session.known.length > 0) return;
  for (const type of TYPES) {
    const made = await share(session, GROUND_PER_TYPE, (line) => create(session, line, type, session.filling()));
    session.known.push(...made);
    session.ground.set(
      type,
      made.map((known) => known.id),
    );
  }
}

/** Creates Patients and Observations and updates each until it has `HISTORY_VERSIONS` versions. */
export async function prepareHistory(session: Session): Promise<void> {
  await prepareGround(session);
  if (session.storied.length > 0) return;
  const made = await share(session, STORIED, async (line, n) => {
    const one = await create(session, line, n % 2 === 0 ? 'Patient' : 'Observation', session.filling());
    while (one.version < HISTORY_VERSIONS) await update(session, line, one);
    return one;
  });
  session.storied.push(...made);
}

/** Creates one resource and checks the answer. */
export async function create(session: Session, line: Line, type: MixedType, filling: Filling): Promise<Known> {
  const template = session.template(type);
  const body = fill(template, filling);
  const answer = await line.send('POST', `/fhir/${type}`, body);
  const id = createdId(`POST ${type}`, answer, type);
  if (compared()) checkContent(`POST ${type}`, body, answer, session.exact);
  return { type, id, template, filling, version: 1, changes: 0 };
}

/** Reads one resource and checks that it has the version and content last written. */
export async function read(session: Session, line: Line, known: Known): Promise<void> {
  const path = `/fhir/${known.type}/${known.id}`;
  const answer = await line.send('GET', path);
  checkVersion(`GET ${path}`, answer, 200, known.type, known.id, known.version);
  if (compared()) checkContent(`GET ${path}`, contentOf(known), answer, session.exact);
}

/** Updates one resource with a change in its content and checks the new version. */
export async function update(session: Session, line: Line, known: Known): Promise<void> {
  const path = `/fhir/${known.type}/${known.id}`;
  known.changes++;
  const body = contentOf(known);
  const answer = await line.send('PUT', path, body.replace('{', `{"id":"${known.id}",`));
  known.version++;
  checkVersion(`PUT ${path}`, answer, 200, known.type, known.id, known.version);
  if (compared()) checkContent(`PUT ${path}`, body, answer, session.exact);
}

/** The content of a resource at its last change, as text. */
export function contentOf(known: Known): string {
  return fill(known.template, { ...known.filling, ...changed(known.changes) });
}

/** True once in `COMPARED_EVERY` calls. */
export function compared(): boolean {
  return calls++ % COMPARED_EVERY === 0;
}

let calls = 0;

function buildTemplates(): Map<MixedType, Template[]> {
  const templates = new Map<MixedType, Template[]>(TYPES.map((type) => [type, []]));
  for (let patient = 0; patient < PATIENTS; patient++) {
    const own = templatesOf(patient);
    for (const type of TYPES) templates.get(type)!.push(...own[type]);
  }
  return templates;
}

async function share<T>(session: Session, count: number, make: (line: Line, n: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  let next = 0;
  const work = session.lines(PREPARING_LINES).map(async (line) => {
    while (next < count) made.push(await make(line, next++));
  });
  await Promise.all(work);
  return made;
}

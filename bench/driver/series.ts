/** The series that can be measured: what each client does again and again, one answer after the other. */
import { bundleOf, TYPES } from '../data/record.ts';
import { fill, type Template } from '../data/template.ts';
import { checkHistory, checkTransaction, wrong } from './check.ts';
import type { Line } from './line.ts';
import {
  compared,
  create,
  HISTORY_VERSIONS,
  type Known,
  prepareGround,
  prepareHistory,
  read,
  type Session,
  update,
} from './session.ts';

/** Takes the time of one request under the name of its interaction; `items` counts entries of a Bundle. */
export type Take = (interaction: string, request: () => Promise<void>, items?: number) => Promise<void>;
/** What one client does over and over. */
export type Step = (take: Take) => Promise<void>;

export interface Series {
  /** One line for the table. */
  readonly title: string;
  /** What the rate counts. */
  readonly unit: 'requests' | 'resources';
  /** Creates at the server what the series needs; not measured. */
  prepare(session: Session): Promise<void>;
  /** The work of client number `client` of `clients`. */
  client(session: Session, line: Line, client: number, clients: number): Step;
}

const IMPORT_BUNDLES = 24;
let bundles: { template: Template; entries: number }[] = [];

export const SERIES: Readonly<Record<string, Series>> = {
  constant: {
    title: 'constant answer',
    unit: 'requests',
    prepare: async () => {},
    client: (_session, line) => (take) =>
      take('read', async () => {
        const answer = await line.send('GET', '/fhir/Patient/019f0000-0000-7000-8000-000000000000');
        if (answer.status !== 200 || !answer.body.includes('"Patient"'))
          wrong('GET constant', 'the constant Patient', answer);
      }),
  },
  read: {
    title: 'read by id',
    unit: 'requests',
    prepare: prepareGround,
    client: (session, line, client) => {
      const next = walk(session.known, client, 1);
      return (take) => take('read', () => read(session, line, next()));
    },
  },
  create: {
    title: 'create (2 Observations to 1 Patient)',
    unit: 'requests',
    prepare: prepareGround,
    client: (session, line) => async (take) => {
      let patient: Known | undefined;
      await take('create', async () => {
        patient = await create(session, line, 'Patient', session.filling());
      });
      for (let n = 0; n < 2; n++) {
        const filling = { ...session.filling(), Patient: patient!.id };
        await take('create', async () => void (await create(session, line, 'Observation', filling)));
      }
    },
  },
  update: {
    title: 'update',
    unit: 'requests',
    prepare: prepareGround,
    client: (session, line, client, clients) => {
      // Each client has resources of its own: two updates of one resource at once would be a different test.
      const next = walk(session.known, client, clients);
      return (take) => take('update', () => update(session, line, next()));
    },
  },
  mix: {
    title: 'create, read, update, delete over nine types',
    unit: 'requests',
    prepare: prepareGround,
    client: mixed,
  },
  history: {
    title: `instance history of ${HISTORY_VERSIONS} versions`,
    unit: 'requests',
    prepare: prepareHistory,
    client: (session, line, client) => {
      const next = walk(session.storied, client, 1);
      return (take) =>
        take('history', async () => {
          const { type, id } = next();
          const path = `/fhir/${type}/${id}/_history`;
          checkHistory(`GET ${path}`, await line.send('GET', path), id, HISTORY_VERSIONS);
        });
    },
  },
  import: {
    title: 'import of transaction Bundles (300 to 700 entries)',
    unit: 'resources',
    prepare: async () => {
      if (bundles.length === 0) bundles = Array.from({ length: IMPORT_BUNDLES }, (_, patient) => bundleOf(patient));
    },
    client: imported,
  },
};

function mixed(session: Session, line: Line, client: number): Step {
  let turn = client;
  return async (take) => {
    const type = TYPES[turn++ % TYPES.length]!;
    let known: Known | undefined;
    await take('create', async () => {
      known = await create(session, line, type, session.filling());
    });
    const one = known!;
    await take('read', () => read(session, line, one));
    await take('update', () => update(session, line, one));
    const path = `/fhir/${type}/${one.id}`;
    await take('delete', async () => {
      const answer = await line.send('DELETE', path);
      if (answer.status !== 204 && answer.status !== 200) wrong(`DELETE ${path}`, 'status 204', answer);
    });
    if (!compared()) return;
    const gone = await line.send('GET', path);
    if (gone.status !== 410) wrong(`GET ${path} after its deletion`, 'status 410', gone);
  };
}

function imported(session: Session, line: Line, client: number): Step {
  let turn = client;
  return async (take) => {
    const { template, entries } = bundles[turn++ % bundles.length]!;
    const body = fill(template, session.filling());
    let locations: string[] = [];
    const send = async (): Promise<void> => {
      const answer = await line.send('POST', '/fhir', body, 'return=minimal');
      locations = checkTransaction('POST transaction', answer, entries);
    };
    await take('transaction', send, entries);
    if (turn % 8 !== 0) return;
    const stored = await line.send('GET', `/fhir/${locations.at(-1)}`);
    if (stored.status !== 200) wrong(`GET ${locations.at(-1)} after its transaction`, 'status 200', stored);
    if (session.exact && stored.body.includes('urn:uuid:'))
      wrong(`GET ${locations.at(-1)}`, 'references to ids', stored);
  };
}

/** Walks through every `stride`-th of a list from `from`, round and round. */
function walk<T>(list: readonly T[], from: number, stride: number): () => T {
  const own = list.filter((_, n) => n % stride === from % stride);
  let n = from;
  return () => own[n++ % own.length]!;
}

/**
 * Writes that are done to see what would become of them, and then taken back: the same statements under the same locks,
 * with a rollback where the commit would be. So whatever would refuse the write refuses it, and nothing remains: no row,
 * no entry of the log, no new word of a dictionary, no notification.
 */
import type { Access, Context } from '../resources/index.ts';
import { conditional, deleteMatches } from './conditional.ts';
import type { Lane, Trip } from './lane.ts';
import { openGenerations } from './parameters/renew.ts';
import type { Parts } from './parts.ts';
import type { Records, Write, Written } from './records.ts';
import { revise } from './revise.ts';
import { COMMIT, commitSet } from './transaction.ts';
import { prepare } from './write/jobs.ts';

/** The records, of which none changes: reading is as it is, writing answers what it would have answered. */
export function openRehearsal(records: Records, real: Parts): Records {
  const parts = rehearsed(real);
  const one = async (access: Access, write: Write, context: Context): Promise<Written | undefined> => {
    const written = await commitSet(parts, access, { guards: [], writes: [write] }, context);
    // Without a guard nothing can be stale.
    return (written as readonly (Written | undefined)[])[0];
  };
  return {
    ...records,
    async create(access, draft, context) {
      const written = await one(access, { do: 'create', content: prepare(parts, draft) }, context);
      return written!.version;
    },
    async update(access, draft, condition, context) {
      return (await one(access, { do: 'update', content: prepare(parts, draft), condition }, context))!;
    },
    async delete(access, type, id, condition, context) {
      return (await one(access, { do: 'delete', type, id, condition }, context))?.version;
    },
    conditional: (access, criteria, context, decide) => conditional(parts, access, criteria, context, decide),
    deleteMatches: (access, criteria, max, context) => deleteMatches(parts, access, criteria, max, context),
    commit: (access, set, context) => commitSet(parts, access, set, context),
    revise: (access, target, context, decide) => revise(parts, access, target, context, decide),
  };
}

const ROLLBACK = { text: 'rollback' };

function rehearsed(parts: Parts): Parts {
  const { database, cache } = parts;
  // What hashes stand for is written in transactions of its own, and only read by searches.
  const dictionary = { ensure: () => undefined, ensureCodes: () => undefined };
  const use: Lane['use'] = (caller, work) =>
    database.transactions.use(caller, (trip) => {
      const takenBack: Trip = (statements) =>
        trip(statements.map((statement) => (statement === COMMIT ? ROLLBACK : statement)));
      return work(takenBack);
    });
  return {
    ...parts,
    database: { ...database, transactions: { use } },
    cache: { get: (key) => cache.get(key), set: () => {}, forget: () => {} },
    dictionary,
    generations: openGenerations(parts.parameters, { ...parts, dictionary }),
  };
}

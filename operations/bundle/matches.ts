/** What the criteria of a transaction select: of its conditional entries and of its conditional references. */
import { type Context, Fault } from '../../resources/index.ts';
import type { Environment } from '../interaction.ts';
import type { Asked } from './decide.ts';

/**
 * @returns ids by entry index, at most two each, and what conditional references stand for
 * @throws Fault `missing-target`, `multiple-matches` for a reference that selects none or several
 */
export async function selectedBy(asked: Asked, { store }: Environment, context: Context) {
  const criteria = [...asked.entries.values(), ...asked.references.values()];
  const answers = criteria.length === 0 ? [] : await store.records.match(context.access, criteria, context);
  const matches = new Map([...asked.entries.keys()].map((index, i) => [index, answers[i]!]));
  const links = new Map<string, string>();
  [...asked.references].forEach(([reference, { type, where }], i) => {
    const ids = answers[asked.entries.size + i]!;
    if (ids.length !== 1) throw unresolved(reference, ids.length, where);
    links.set(reference, `${type}/${ids[0]}`);
  });
  return { matches, links };
}

/** R4 http, transaction rules: a conditional reference that selects none or several fails the transaction. */
function unresolved(reference: string, found: number, where: string): Fault {
  const what = JSON.stringify(reference.slice(0, 200));
  if (found > 1)
    return new Fault('multiple-matches', `The conditional reference ${what} matches more than one resource.`, {
      expression: where,
    });
  return new Fault('missing-target', `The conditional reference ${what} matches nothing.`, {
    expression: where,
    hint: 'Store its target first.',
  });
}

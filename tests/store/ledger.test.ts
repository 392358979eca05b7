import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { testDatabase } from '../setup/database.ts';
import { testContext } from './double.ts';
import { openTestStore } from './postgres.ts';

const { ledger } = await openTestStore({ connection: await testDatabase(), sequencer: false });
const context = testContext();
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

it('knows the files that were noted, by their content', async () => {
  const [one, two] = [hash('one'), hash('two')];
  expect(await ledger.known([one, two], context)).toEqual(new Set());
  await ledger.note({ hash: one, path: 'synthea/Aaron.json', resources: 312 }, context);
  await ledger.note({ hash: one, path: 'copy/Aaron.json', resources: 312 }, context);
  expect(await ledger.known([two, one], context)).toEqual(new Set([one]));
  expect(await ledger.known([], context)).toEqual(new Set());
});

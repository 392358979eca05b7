/** Whether anything still refers to what a transaction deleted: asked when all else of it is written. */
import type { Parts } from '../parts.ts';
import type { Row, Statement } from '../session.ts';
import { type Deletion, learnUnknown, referrersStatement, writeDeletion } from './deletions.ts';
import { writerOf } from './rows.ts';

/** The question, and how it is asked again where types refer of which this process did not know. */
export interface UnreferredProbe {
  /** None where it does not matter who refers. */
  statements(): Statement[];
  /** @param results of the trip that these statements ended @returns rows ('referrer', rid, type number, id) */
  referrers(
    results: readonly (readonly Row[])[],
    trip: (statements: readonly Statement[]) => Promise<Row[][]>,
  ): Promise<readonly Row[]>;
}

export function unreferredProbe(
  { referred, rowTypes, types }: Pick<Parts, 'referred' | 'rowTypes' | 'types'>,
  deletions: readonly (Deletion & { readonly type: string })[],
): UnreferredProbe {
  if (referred === 'ignore') return { statements: () => [], referrers: async () => [] };
  const rows = writerOf(rowTypes, 'in_gone');
  const targets = new Set<number>();
  for (const deletion of deletions) {
    const { n } = types.place(deletion.type);
    targets.add(n);
    writeDeletion(rows, n, deletion);
  }
  const array = rows.finish();
  const numbers = [...targets].sort((a, b) => a - b);
  const statement = (): Statement => {
    const asks = referred.ofAll(numbers);
    return { text: referrersStatement(asks), values: [array, asks.numbers, numbers] };
  };
  return {
    statements: () => [statement()],
    async referrers(results, trip) {
      let found: readonly Row[] = results.at(-1)!;
      while (learnUnknown(referred, found, numbers)) [found] = (await trip([statement()])) as [Row[]];
      return found;
    },
  };
}

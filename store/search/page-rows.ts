/** The rows of a page, and in the same trip whether what the statement stands on is as it was thought to be. */
import type { Access, Context, ParameterSource } from '../../resources/index.ts';
import { currentStatement, marksOf } from '../definitions.ts';
import type { Lane } from '../lane.ts';
import type { Row, Statement } from '../session.ts';
import type { TypeNumbers } from '../types.ts';
import { StaleCodeSets } from './code-sets.ts';
import type { Hasher } from './plan/scope.ts';
import type { Planned } from './plan.ts';
import type { Shares } from './shares.ts';
import type { Words } from './text-rows.ts';
import type { Search } from './tree.ts';

/** What searches stand on. */
export interface SearchParts {
  readonly database: { readonly searches: Pick<Lane, 'run'> };
  readonly types: TypeNumbers;
  readonly extractor: Hasher;
  readonly words: Words;
  readonly shares?: Shares;
  readonly parameters: ParameterSource & { refresh(): Promise<unknown> };
}

/**
 * Runs the statement of a page. Where it reads words, the rows are those of all that was stored before the call: words
 * that are missing are waited for, and only then it runs again.
 * @throws StaleCodeSets where the definitions of its sets of codes have changed
 * @throws Fault `timeout` where words are missing for too long
 */
export async function pageRows(
  parts: SearchParts,
  access: Access,
  { codeSets }: Pick<Search, 'codeSets'>,
  statement: Planned,
  context: Context,
): Promise<Row[]> {
  const { database, types, extractor: hasher, words } = parts;
  const run = async () => {
    const guards = [
      ...(readsWords(statement) ? [words.pending] : []),
      ...(codeSets ? [currentStatement({ access, types, hasher }, codeSets.names)] : []),
    ];
    const answers = await database.searches.run([...guards, ...(statement.isSteady ? [ONCE] : []), statement], context);
    const rows = answers.pop()!;
    if (statement.isSteady) answers.pop();
    if (codeSets && marksOf(answers.pop()!).join() !== codeSets.marks.join()) throw new StaleCodeSets();
    return { rows, isPending: answers[0]?.[0]?.[0] === 't' };
  };
  const { rows, isPending } = await run();
  if (!isPending) return rows;
  await words.catchUp(context);
  // Whatever is pending by now was stored after the call.
  return (await run()).rows;
}

/**
 * What follows in the trip is planned once on each connection. A plan for all values is made when a table may still be
 * small, so it must not read the whole of it.
 */
const ONCE: Statement = {
  text: `select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)`,
};

/** Whether a statement is answered by words: wherever in the tree they are asked for, it names their table. */
export function readsWords({ text }: Statement): boolean {
  return /\bx_text\b/.test(text);
}

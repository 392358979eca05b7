/** A code system as large as the great ones, made up: concepts with one to three parents, names of common and rare words. */
import type { ConceptRow } from '../../store/index.ts';

export const URL = 'http://bench.example.org/CodeSystem/clinical';

const WORDS =
  'acute chronic disorder of left right upper lower heart lung kidney liver fracture open closed infection bacterial viral neoplasm malignant benign diabetes mellitus type hypertension renal failure congenital artery vein nerve bone joint procedure repair excision biopsy imaging structure product'.split(
    ' ',
  );
const RARE_WORDS = 40_000;
const BATCH = 5_000;

/** The same numbers between 0 and 1 in each run. */
export function numbers(seed = 12_345): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

/** The code of the concept of this number, from 0 on; the first is above all others. */
export function codeOf(n: number): string {
  return String(100_000_000 + n * 7);
}

/** Parents of a concept: one of a tree in which each has five children, and for some one or two more. */
export function parentsOf(n: number, random: () => number): number[] {
  if (n === 0) return [];
  const parents = new Set([Math.floor(((n - 1) / 5) * (0.9 + 0.1 * random()))]);
  if (random() < 0.35) parents.add(Math.floor(random() * Math.max(1, n / 5)));
  if (random() < 0.1) parents.add(Math.floor(random() * Math.max(1, n / 5)));
  return [...parents];
}

/** All concepts, some at a time. */
export function* concepts(count: number): Generator<ConceptRow[]> {
  const random = numbers();
  let batch: ConceptRow[] = [];
  for (let n = 0; n < count; n++) {
    const parents = parentsOf(n, random).map(codeOf);
    const words = Array.from(
      { length: 2 + Math.floor(random() * 5) },
      () => WORDS[Math.floor(random() * random() * WORDS.length)]!,
    );
    words.push(`w${Math.floor(random() * RARE_WORDS).toString(36)}`);
    const kind = n % 3 ? 'finding' : 'procedure';
    const property = [{ code: 'kind', valueCode: kind }];
    batch.push({
      code: codeOf(n),
      display: words.join(' '),
      parents,
      inactive: random() < 0.05,
      abstract: false,
      words,
      property,
    });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

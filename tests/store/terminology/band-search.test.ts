import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL, type ConceptRow, type PageRequest, type Term } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';
import { openTestStore } from '../postgres.ts';
import { row, system, WARDS, wardRows } from './wards.ts';

const context = testContext();
const { concepts } = await openTestStore({ connection: await testDatabase() });

/** Five bands of findings; each twelfth is below the heart. */
const WORDS = ['heart', 'heartburn', 'acute', 'chronic', 'left', 'right', 'of', 'fracture', 'x1', 'x2', 'x23', 'élan'];
const findings: ConceptRow[] = [row('h', 'Heart finding')];
for (let i = 0; i < 11_000; i++) {
  // Of words behind each other the later ones are rarer.
  const names = WORDS.filter((_, index) => (i * 7_919 + index * 104_729) % (index + 3) === 0);
  const name = `${names.join(' ')} ${'z'.repeat(i % 5)}${i % 900}`;
  findings.push(row(`f${i}`, name, i % 12 === 0 ? ['h'] : [], { inactive: i % 7 === 0 }));
}
const large = await concepts.load({ ...system(), identity: 'findings', isLarge: true }, [findings], context);
// The common table has both: neither may find what is the other's.
const common = await concepts.load({ ...system(), identity: 'findings too' }, [findings], context);
await concepts.load(system(), [wardRows], context);

const heart: Term = {
  kind: 'filter',
  system: { url: WARDS, table: large },
  filter: { property: 'concept', op: 'is-a', value: 'h' },
};

async function page(words: string[], changes: Partial<PageRequest> = {}) {
  const request: PageRequest = {
    system: large,
    isCaseless: false,
    term: ALL,
    numberOf: (code) => (code === 'h' ? 1 : undefined),
    words,
    activeOnly: false,
    selectableOnly: false,
    offset: 0,
    count: 20,
    size: { most: findings.length, isExact: true },
    ...changes,
  };
  const { concepts: found, total } = await concepts.page(request, context);
  return { codes: found.map(({ code }) => code), total };
}

/** What is to be found, in the order in which it is to be told: by nothing but the rows. */
function expected(words: string[], isChosen: (row: ConceptRow) => boolean = () => true): ConceptRow[] {
  return findings.filter(
    (one) => isChosen(one) && words.every((start) => one.words.some((word) => word.startsWith(start))),
  );
}

const lengthOf = new Map(findings.map(({ code, display }) => [code, display!.length]));

describe.each([
  ['a table of its own', large],
  ['the common table', common],
])('in %s', (_, system) => {
  it('pages behind each other tell each concept once, those with short displays first', async () => {
    const starts = fc.constantFrom(
      'h',
      'heart',
      'heartb',
      'acute',
      'chr',
      'le',
      'x',
      'x2',
      'x23',
      'z',
      '12',
      'élan',
      'q',
    );
    const asked = fc.record({
      words: fc.uniqueArray(starts, { minLength: 1, maxLength: 3 }),
      count: fc.integer({ min: 1, max: 400 }),
      offset: fc.integer({ min: 0, max: 2_000 }),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ words, count, offset }) => {
        const all = expected(words);
        const first = await page(words, { system, count, offset });
        const next = await page(words, { system, count, offset: offset + count });
        const both = await page(words, { system, count: 2 * count, offset });
        expect([...first.codes, ...next.codes]).toEqual(both.codes);
        expect(both.codes).toHaveLength(Math.max(0, Math.min(2 * count, all.length - offset)));
        const lengths = all.map(({ display }) => display!.length).sort((a, b) => a - b);
        expect(both.codes.map((code) => lengthOf.get(code))).toEqual(lengths.slice(offset, offset + 2 * count));
        for (const { total } of [first, next, both]) if (total !== undefined) expect(total).toBe(all.length);
      }),
      { numRuns: 25 },
    );
  });

  it('all pages together are all that there is', async () => {
    const codes: string[] = [];
    for (let offset = 0; ; offset += 250) {
      const { codes: found } = await page(['heart', 'x'], { system, offset, count: 250 });
      codes.push(...found);
      if (found.length === 0) break;
    }
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.sort()).toEqual(
      expected(['heart', 'x'])
        .map(({ code }) => code)
        .sort(),
    );
  });
});

it.each([100, 5_000, 1_000_000])('finds the same in a branch whatever its size is taken for: %i', async (most) => {
  const below = expected(['acute'], ({ parents, code }) => code === 'h' || parents.includes('h'));
  const all = await page(['acute'], { term: heart, size: { most, isExact: true }, count: 1_000 });
  expect(all.codes.toSorted()).toEqual(below.map(({ code }) => code).sort());
  expect(all.total).toBe(below.length);
  const part = await page(['acute'], { term: heart, size: { most, isExact: true }, count: 30, offset: 40 });
  expect(part.codes).toEqual(all.codes.slice(40, 70));
});

it('leaves out what is not wanted, and counts without it', async () => {
  const active = expected(['x23', 'left'], ({ inactive }) => !inactive);
  expect((await page(['x23', 'left'], { activeOnly: true })).total).toBe(active.length);
});

it('counts what is few in all bands even for a small page, and tells no total of what is many', async () => {
  const few = expected(['899']);
  expect(await page(['899'], { count: 2 })).toMatchObject({ total: few.length });
  expect((await page(['acute'], { count: 2 })).total).toBeUndefined();
});

it('tells the total where a page lies behind the last concept', async () =>
  expect(await page(['899'], { offset: 500 })).toEqual({ codes: [], total: expected(['899']).length }));

it('lets nothing of a word become a part of the query', async () => {
  for (const word of ["he'art", 'he\\', '#', "':* | '", '&']) await expect(page([word])).resolves.toBeDefined();
  expect((await page(["'"])).codes).toHaveLength(20);
});

/**
 * Strings, tokens, references and numbers: what Postgres answers is what a slow, obvious evaluation says, for random
 * resources and queries, in any order and on pages of any length. Dates and quantities are in search-random.test.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesOf, pagesOf, type Stored, searching } from './searching.ts';

/** Searches of one run of a property: together they take no longer than a few one after the other. */
const BATCH = 25;

/** Writings, and what is left of them without case, accents and doubled blanks: told here, not calculated. */
const PIECES: readonly (readonly [text: string, plain: string])[] = [
  ['Müller', 'muller'],
  ['Mu\u0308ller', 'muller'],
  ['MULLER', 'muller'],
  ['mul', 'mul'],
  ['Åsa', 'asa'],
  ['A\u030asa', 'asa'],
  ['as', 'as'],
  ['Straße', 'strasse'],
  ['STRASSE', 'strasse'],
  ['Żeromska', 'zeromska'],
  ['Σίσυφος', 'σισυφοσ'],
  ['ΣΊΣ', 'σισ'],
  ["O'Brien", "o'brien"],
  ['%', '%'],
  ['_', '_'],
  ['^', '\u001e'],
  ['\\', '\\'],
  ['a,b', 'a,b'],
  ['$1', '$1'],
  ['x|y', 'x|y'],
  ['7', '7'],
  ['李', '李'],
  ['😀', '😀'],
];
interface Written {
  readonly text: string;
  readonly plain: string;
}
const written: fc.Arbitrary<Written> = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom('', ' ')), { minLength: 1, maxLength: 3 })
  .map((pieces) => ({
    text: pieces
      .map(([[text], blank]) => text + blank)
      .join('')
      .trim(),
    plain: pieces
      .map(([[, plain], blank]) => plain + blank)
      .join('')
      .trim(),
  }));
const few = <T>(one: fc.Arbitrary<T>, maxLength = 2) => fc.array(one, { maxLength });
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

const SYSTEMS = ['http://loinc.org', 'http://codes.example', 'urn:ietf:bcp:47'] as const;
const CODES = ['a', 'A', 'b', 'a b', 'a\\b', '1.0'] as const;
const coding = fc.record({
  system: maybe(fc.constantFrom(...SYSTEMS)),
  code: maybe(fc.constantFrom(...CODES)),
  display: maybe(written),
});
const concept = fc.record({ coding: few(coding), text: maybe(written) });
const identifier = fc.record({
  system: maybe(fc.constantFrom('urn:oid:1.2', 'http://mrn.example')),
  value: maybe(fc.constantFrom('1', '01', 'ab', 'AB', 'a|b')),
});
const reference = fc.constantFrom(
  'Practitioner/p1',
  'Practitioner/p2',
  'Practitioner/p1/_history/2',
  'Organization/p1',
  'http://other.example/fhir/Practitioner/p1',
);
const person = fc.record({
  names: few(fc.record({ family: maybe(written), given: few(written) })),
  cities: few(written),
  gender: maybe(fc.constantFrom('male', 'female', 'other')),
  active: maybe(fc.boolean()),
  identifiers: few(identifier),
  languages: few(concept),
  doctors: few(reference),
  born: maybe(fc.constantFrom('1950', '1950-06', '1950-06-07', '1980-01-01', '2001-12')),
});
type Person = typeof person extends fc.Arbitrary<infer T> ? T : never;

const seed = Math.floor(Math.random() * 2 ** 31);
const people = fc.sample(person, { seed, numRuns: 200 });
const ids = people.map((_, index) => `p${String(index).padStart(3, '0')}`);
const risks = fc.sample(few(fc.integer({ min: -20_000, max: 200_000 }), 3), { seed, numRuns: 150 });
const riskIds = risks.map((_, index) => `r${String(index).padStart(3, '0')}`);
const search = await searching([...people.map(toPatient), ...risks.map(toRisk)]);

interface Asked {
  readonly query: string;
  holds(one: Person): boolean;
}

const conditions: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 4, arbitrary: strings() },
  { weight: 2, arbitrary: languages() },
  { weight: 2, arbitrary: identifiers() },
  codes(),
  doctors(),
);

describe('a search by strings, tokens and references', () => {
  it('answers as a slow evaluation does', { timeout: 180_000 }, async () => {
    const query = fc.array(conditions, { minLength: 1, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(fc.array(query, { minLength: BATCH, maxLength: BATCH }), async (queries) => {
        const answers = await Promise.all(
          queries.map((asked) => search.ids(`Patient?_count=1000&${asked.map((one) => one.query).join('&')}`)),
        );
        for (const [index, asked] of queries.entries()) {
          const expected = ids.filter((_, nth) => asked.every(({ holds }) => holds(people[nth]!)));
          expect(answers[index]!.sort(), told(asked)).toEqual(expected);
        }
      }),
      { numRuns: 270 },
    );
  });

  it('gives them in the order of their keys, each once on pages of any length', { timeout: 120_000 }, async () => {
    const order = fc.uniqueArray(fc.tuple(fc.constantFrom(...Object.keys(KEYS)), fc.boolean()), {
      minLength: 1,
      maxLength: 3,
      selector: ([key]) => key,
    });
    await fc.assert(
      fc.asyncProperty(fc.option(conditions), order, fc.integer({ min: 7, max: 60 }), async (asked, keys, count) => {
        const sort = keys.map(([key, descending]) => `${descending ? '-' : ''}${key}`).join(',');
        const query = `Patient?_sort=${sort}${asked ? `&${asked.query}` : ''}`;
        const pages = await pagesOf(search, `${query}&_count=${count}`);
        const found = pages.flatMap(matchesOf);
        expect([...found].sort(), `${query}, seed ${seed}`).toEqual(
          ids.filter((_, nth) => !asked || asked.holds(people[nth]!)),
        );
        expect(pages.slice(0, -1).every((page) => matchesOf(page).length === count)).toBe(true);
        for (let at = 1; at < found.length; at++) {
          const [before, after] = [found[at - 1]!, found[at]!].map((id) => ({ id, one: people[ids.indexOf(id)]! }));
          expect(
            compare(before!, after!, keys),
            `${query}: ${before!.id}, ${after!.id}, seed ${seed}`,
          ).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a search by numbers', () => {
  it('answers as a slow evaluation does', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(numbers(), { minLength: BATCH, maxLength: BATCH }), async (queries) => {
        const answers = await Promise.all(
          queries.map(({ query }) => search.ids(`RiskAssessment?_count=1000&${query}`)),
        );
        for (const [index, { query, holds }] of queries.entries()) {
          const expected = riskIds.filter((_, nth) => risks[nth]!.some(holds));
          expect(answers[index]!.sort(), `${query}, seed ${seed}`).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });
});

function told(asked: readonly Asked[]): string {
  return `${asked.map(({ query }) => decodeURIComponent(query)).join(' & ')}, seed ${seed}`;
}

/** https://hl7.org/fhir/R4/search.html#escaping */
function value(text: string): string {
  return encodeURIComponent(text.replace(/[\\,|$]/g, '\\$&'));
}

function strings(): fc.Arbitrary<Asked> {
  const valuesOf: Readonly<Record<string, (one: Person) => readonly Written[]>> = {
    family: ({ names }) => names.flatMap(({ family }) => family ?? []),
    given: ({ names }) => names.flatMap(({ given }) => given),
    name: ({ names }) => names.flatMap(({ family, given }) => [...(family ? [family] : []), ...given]),
    'address-city': ({ cities }) => cities,
    address: ({ cities }) => cities,
  };
  const matches: Readonly<Record<string, (stored: Written, asked: Written) => boolean>> = {
    '': (stored, asked) => stored.plain.startsWith(asked.plain),
    ':contains': (stored, asked) => stored.plain.includes(asked.plain),
    ':exact': (stored, asked) => stored.text === asked.text,
  };
  const name = fc.constantFrom(...Object.keys(valuesOf));
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .tuple(name, fc.constantFrom(...Object.keys(matches)), fc.array(written, { minLength: 1, maxLength: 3 }))
        .map(
          ([code, modifier, asked]): Asked => ({
            query: `${code}${modifier}=${asked.map(({ text }) => value(text)).join(',')}`,
            holds: (one) => asked.some((it) => valuesOf[code]!(one).some((stored) => matches[modifier]!(stored, it))),
          }),
        ),
    },
    fc.tuple(name, fc.boolean()).map(
      ([code, missing]): Asked => ({
        query: `${code}:missing=${missing}`,
        holds: (one) => (valuesOf[code]!(one).length === 0) === missing,
      }),
    ),
  );
}

/** A token as it is asked for: `code`, `|code`, `system|`, `system|code`. */
interface Token {
  readonly text: string;
  holds(one: { system?: string | undefined; code?: string | undefined }): boolean;
}

function token(
  systems: readonly string[],
  values: readonly string[],
  isSame: (a: string, b: string, system?: string) => boolean,
): fc.Arbitrary<Token> {
  const system = fc.constantFrom(...systems, 'http://nowhere.example');
  const code = fc.constantFrom(...values, 'zz');
  return fc.oneof(
    code.map(
      (asked): Token => ({
        text: value(asked),
        holds: (one) => one.code !== undefined && isSame(one.code, asked, one.system),
      }),
    ),
    code.map(
      (asked): Token => ({
        text: `%7C${value(asked)}`,
        holds: (one) => one.system === undefined && one.code !== undefined && isSame(one.code, asked),
      }),
    ),
    system.map((asked): Token => ({ text: `${value(asked)}|`, holds: (one) => one.system === asked })),
    fc.tuple(system, code).map(
      ([space, asked]): Token => ({
        text: `${value(space)}|${value(asked)}`,
        holds: (one) => one.system === space && one.code !== undefined && isSame(one.code, asked, space),
      }),
    ),
  );
}

function tokenConditions(
  code: string,
  one: fc.Arbitrary<Token>,
  of: (person: Person) => readonly { system?: string | undefined; code?: string | undefined }[],
): fc.Arbitrary<Asked> {
  return fc.tuple(fc.array(one, { minLength: 1, maxLength: 3 }), fc.boolean()).map(
    ([tokens, not]): Asked => ({
      query: `${code}${not ? ':not' : ''}=${tokens.map(({ text }) => text).join(',')}`,
      holds: (person) => of(person).some((stored) => tokens.some(({ holds }) => holds(stored))) !== not,
    }),
  );
}

function languages(): fc.Arbitrary<Asked> {
  // Case says nothing in tags of languages.
  const isSame = (a: string, b: string, system?: string) =>
    a === b || (system === 'urn:ietf:bcp:47' && a.toLowerCase() === b.toLowerCase());
  const texts = ({ languages: all }: Person) =>
    all.flatMap(({ coding: codings, text }) => [
      ...(text ? [text] : []),
      ...codings.flatMap(({ display }) => display ?? []),
    ]);
  return fc.oneof(
    tokenConditions('language', token(SYSTEMS, CODES, isSame), ({ languages: all }) =>
      all.flatMap((one) => one.coding),
    ),
    written.map(
      (asked): Asked => ({
        query: `language:text=${value(asked.text)}`,
        holds: (one) => texts(one).some(({ plain }) => plain.startsWith(asked.plain)),
      }),
    ),
  );
}

function identifiers(): fc.Arbitrary<Asked> {
  const all = (one: Person) => one.identifiers.map(({ system, value: code }) => ({ system, code }));
  return fc.oneof(
    {
      weight: 5,
      arbitrary: tokenConditions(
        'identifier',
        token(['urn:oid:1.2', 'http://mrn.example'], ['1', '01', 'ab', 'AB', 'a|b'], (a, b) => a === b),
        all,
      ),
    },
    fc.boolean().map(
      (missing): Asked => ({
        query: `identifier:missing=${missing}`,
        holds: (one) => (all(one).filter(isSaid).length === 0) === missing,
      }),
    ),
  );
}

function codes(): fc.Arbitrary<Asked> {
  const SYSTEM = 'http://hl7.org/fhir/administrative-gender';
  const gender = fc.constantFrom('male', 'female', 'unknown', 'MALE');
  return fc.oneof(
    gender.map((code): Asked => ({ query: `gender=${code}`, holds: (one) => one.gender === code })),
    gender.map((code): Asked => ({ query: `gender=${SYSTEM}|${code}`, holds: (one) => one.gender === code })),
    gender.map((code): Asked => ({ query: `gender:not=${code}`, holds: (one) => one.gender !== code })),
    fc.constant<Asked>({ query: `gender=${SYSTEM}|`, holds: (one) => one.gender !== undefined }),
    fc.boolean().map((active): Asked => ({ query: `active=${active}`, holds: (one) => one.active === active })),
    fc.boolean().map((active): Asked => ({ query: `active:not=${active}`, holds: (one) => one.active !== active })),
    fc.boolean().map(
      (missing): Asked => ({
        query: `active:missing=${missing}`,
        holds: (one) => (one.active === undefined) === missing,
      }),
    ),
  );
}

function doctors(): fc.Arbitrary<Asked> {
  const has = (one: Person, ...wanted: string[]) => one.doctors.some((doctor) => wanted.includes(doctor));
  const p1 = ['Practitioner/p1', 'Practitioner/p1/_history/2'];
  const asked: Asked[] = [
    { query: 'general-practitioner=Practitioner/p1', holds: (one) => has(one, ...p1) },
    { query: 'general-practitioner=p1', holds: (one) => has(one, ...p1, 'Organization/p1') },
    { query: 'general-practitioner:Practitioner=p1', holds: (one) => has(one, ...p1) },
    { query: 'general-practitioner:Organization=p1', holds: (one) => has(one, 'Organization/p1') },
    {
      query: 'general-practitioner=p2,Organization/p1',
      holds: (one) => has(one, 'Practitioner/p2', 'Organization/p1'),
    },
    { query: 'general-practitioner=Practitioner/p1/_history/2', holds: (one) => has(one, p1[1]!) },
    {
      query: 'general-practitioner=http://other.example/fhir/Practitioner/p1',
      holds: (one) => has(one, 'http://other.example/fhir/Practitioner/p1'),
    },
    { query: 'general-practitioner=Practitioner/p3', holds: () => false },
    { query: 'general-practitioner:missing=true', holds: (one) => one.doctors.length === 0 },
    { query: 'general-practitioner:missing=false', holds: (one) => one.doctors.length > 0 },
  ];
  return fc.constantFrom(...asked);
}

/** In ten-thousandths, where all numbers here are whole. */
function numbers(): fc.Arbitrary<{ query: string; holds(stored: number): boolean }> {
  const prefix = fc.constantFrom('', 'eq', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ne', 'ap');
  return fc
    .tuple(prefix, fc.integer({ min: -99, max: 999 }), fc.integer({ min: 0, max: 2 }), fc.integer({ min: -1, max: 2 }))
    .map(([asked, mantissa, decimals, exponent]) => {
      const unit = Math.round(10_000 * 10 ** (exponent - decimals));
      const v = mantissa * unit;
      // With an exponent at least one digit counts behind the point: R4's 1e2 is [95, 105).
      const half = exponent !== 0 && decimals === 0 ? unit / 20 : unit / 2;
      const isIn = (stored: number) => stored >= v - half && stored < v + half;
      const near = Math.abs(v) / 10;
      const answers: Record<string, (stored: number) => boolean> = {
        '': isIn,
        eq: isIn,
        ne: (stored) => !isIn(stored),
        gt: (stored) => stored > v,
        sa: (stored) => stored > v,
        lt: (stored) => stored < v,
        eb: (stored) => stored < v,
        ge: (stored) => stored >= v,
        le: (stored) => stored <= v,
        ap: (stored) => stored >= v - near && stored <= v + near,
      };
      const digits = (mantissa / 10 ** decimals).toFixed(decimals);
      return { query: `probability=${asked}${digits}${exponent === 0 ? '' : `e${exponent}`}`, holds: answers[asked]! };
    });
}

/** What people are sorted by: of several values the lowest, descending the highest. */
const KEYS: Readonly<Record<string, (one: Person, id: string) => readonly string[]>> = {
  family: ({ names }) => names.flatMap(({ family }) => family?.plain ?? []),
  given: ({ names }) => names.flatMap(({ given }) => given.map(({ plain }) => plain)),
  'address-city': ({ cities }) => cities.map(({ plain }) => plain),
  gender: ({ gender }) => (gender ? [gender] : []),
  identifier: ({ identifiers: all }) => all.flatMap(({ value: one }) => one ?? []),
  birthdate: ({ born }) => (born ? [born.padEnd(10, '-01-01'.slice(born.length - 4))] : []),
  _id: (_, id) => [id],
};

function compare(
  a: { id: string; one: Person },
  b: { id: string; one: Person },
  keys: readonly (readonly [string, boolean])[],
): number {
  for (const [key, descending] of keys) {
    const [left, right] = [a, b].map(({ id, one }) => {
      const sorted = [...KEYS[key]!(one, id)].sort(byPoints);
      return descending ? sorted.at(-1) : sorted[0];
    });
    if (left === right) continue;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return byPoints(left, right) * (descending ? -1 : 1);
  }
  return 0;
}

/** By code points, as Postgres' "C" does. */
function byPoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isSaid(one: object): boolean {
  return Object.values(one).some((it) => it !== undefined);
}

function toPatient(one: Person, index: number): Stored {
  const list = <T extends object>(all: readonly T[]) => (all.some(isSaid) ? all.filter(isSaid) : undefined);
  const toConcept = ({ coding: codings, text }: Person['languages'][number]) => ({
    coding: list(codings.map(({ display, ...rest }) => ({ ...rest, display: display?.text }))),
    text: text?.text,
  });
  const spoken = list(one.languages.map(toConcept));
  return {
    resourceType: 'Patient',
    id: `p${String(index).padStart(3, '0')}`,
    name: list(
      one.names.map(({ family, given }) => ({
        family: family?.text,
        given: given.length > 0 ? given.map(({ text }) => text) : undefined,
      })),
    ),
    address: list(one.cities.map(({ text }) => ({ city: text }))),
    gender: one.gender,
    active: one.active,
    identifier: list(one.identifiers),
    communication: spoken?.map((language) => ({ language })),
    generalPractitioner: list(one.doctors.map((doctor) => ({ reference: doctor }))),
    birthDate: one.born,
  };
}

function toRisk(probabilities: readonly number[], index: number): Stored {
  const prediction = probabilities.map((one) => ({ probabilityDecimal: one / 10_000 }));
  return {
    resourceType: 'RiskAssessment',
    id: `r${String(index).padStart(3, '0')}`,
    status: 'final',
    subject: { reference: 'Patient/p000' },
    ...(prediction.length > 0 ? { prediction } : {}),
  };
}

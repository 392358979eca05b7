/** Chains, _has and includes over random graphs: what Postgres answers is what walking the resources one by one says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesOf, matchesOf, type Stored, searching } from './searching.ts';

const BATCH = 20;

type Type = 'Organization' | 'Practitioner' | 'Patient' | 'Observation';
const COUNTS: Readonly<Record<Type, number>> = { Organization: 8, Practitioner: 6, Patient: 30, Observation: 70 };

const target = (type: Type) =>
  fc
    .tuple(fc.integer({ min: 0, max: COUNTS[type] + 1 }), fc.constantFrom('', '', '', '/_history/1'))
    .map(([nth, version]) => `${type}/${nth}${version}`);
const elsewhere = fc.constant('http://other.example/fhir/Patient/1');
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 2 });

const MAKES: Readonly<Record<Type, fc.Arbitrary<object>>> = {
  Organization: fc
    .record({ name: maybe(fc.constantFrom('North', 'South', 'Ward')), partOf: maybe(target('Organization')) })
    .map(({ name, partOf }) => ({ name: name ?? undefined, identifier: [{ value: 'x' }], partOf: ref(partOf) })),
  Practitioner: fc.record({ active: maybe(fc.boolean()) }),
  Patient: fc
    .record({
      gender: maybe(fc.constantFrom('male', 'female')),
      home: maybe(
        fc.oneof(
          target('Organization'),
          elsewhere.map((one) => one.replace('Patient', 'Organization')),
        ),
      ),
      doctors: few(fc.oneof(target('Practitioner'), target('Organization'))),
    })
    .map(({ gender, home, doctors }) => ({
      gender,
      managingOrganization: ref(home),
      generalPractitioner: refs(doctors),
    })),
  Observation: fc
    .record({
      status: fc.constantFrom('final', 'amended'),
      code: fc.constantFrom('a', 'b'),
      about: maybe(fc.oneof({ weight: 6, arbitrary: target('Patient') }, elsewhere)),
      doers: few(fc.oneof(target('Practitioner'), target('Organization'), target('Patient'))),
      members: few(target('Observation')),
    })
    .map(({ status, code, about, doers, members }) => ({
      status,
      code: { coding: [{ code }] },
      subject: ref(about),
      performer: refs(doers),
      hasMember: refs(members),
    })),
};

const seed = Math.floor(Math.random() * 2 ** 31);
const types = Object.keys(COUNTS) as Type[];
const made: any[] = types.flatMap((type) =>
  fc
    .sample(MAKES[type], { seed, numRuns: COUNTS[type] })
    .map((one, nth) => ({ resourceType: type, id: String(nth), ...one })),
);
const search = await searching(made as Stored[], 'UTC', { deleteReferenced: 'allow' });
/** Still referred to, and there no more. */
const deleted = ['Organization/1', 'Patient/3'];
await Promise.all(deleted.map((one) => search.delete(one)));
const here = new Map<string, any>(
  made.map((one) => [keyOf(one), one] as const).filter(([key]) => !deleted.includes(key)),
);
const all = (type: Type) => [...here.values()].filter((one) => one.resourceType === type);

/** What a search parameter refers to, as far as it is here. */
interface Link {
  readonly type: Type;
  readonly code: string;
  readonly targets: readonly Type[];
  of(one: any): readonly any[];
}
const link = (type: Type, code: string, element: string, ...targets: Type[]): Link => ({
  type,
  code,
  targets,
  of: (one) =>
    [one[element] ?? []].flat().flatMap(({ reference }: any) => {
      const found = here.get(reference.replace(/\/_history\/.*/, ''));
      return found && targets.includes(found.resourceType) ? [found] : [];
    }),
});
const LINKS: readonly Link[] = [
  link('Organization', 'partof', 'partOf', 'Organization'),
  link('Patient', 'organization', 'managingOrganization', 'Organization'),
  link('Patient', 'general-practitioner', 'generalPractitioner', 'Practitioner', 'Organization'),
  link('Observation', 'subject', 'subject', 'Patient'),
  link('Observation', 'patient', 'subject', 'Patient'),
  link('Observation', 'performer', 'performer', 'Practitioner', 'Organization', 'Patient'),
  link('Observation', 'has-member', 'hasMember', 'Observation'),
];

interface Asked {
  readonly name: string;
  readonly value: string;
  holds(one: any): boolean;
}
const asked = (name: string, value: string, holds: (one: any) => boolean): Asked => ({ name, value, holds });
const LEAVES: Readonly<Record<Type, readonly Asked[]>> = {
  Organization: [
    asked('name', 'north', ({ name }) => name === 'North'),
    asked('name', 'south,ward', ({ name }) => name === 'South' || name === 'Ward'),
    asked('name:missing', 'true', ({ name }) => name === undefined),
    asked('_id', '2,5', ({ id }) => id === '2' || id === '5'),
  ],
  Practitioner: [
    asked('active', 'true', ({ active }) => active === true),
    asked('active:not', 'true', ({ active }) => active !== true),
    asked('_id', '1', ({ id }) => id === '1'),
  ],
  Patient: [
    asked('gender', 'male', ({ gender }) => gender === 'male'),
    asked('gender:not', 'male', ({ gender }) => gender !== 'male'),
    asked('gender:missing', 'true', ({ gender }) => gender === undefined),
    asked('organization', 'Organization/2', (one) => LINKS[1]!.of(one).some(({ id }) => id === '2')),
  ],
  Observation: [
    asked('code', 'a', ({ code }) => code.coding[0].code === 'a'),
    asked('status', 'final', ({ status }) => status === 'final'),
    asked('status:not', 'final', ({ status }) => status !== 'final'),
  ],
};

/** A condition on resources of a type that follows so many references at most. */
function condition(type: Type, depth: number): fc.Arbitrary<Asked> {
  const leaf = fc.constantFrom(...LEAVES[type]);
  if (depth === 0) return leaf;
  const forwards = LINKS.filter((one) => one.type === type).flatMap((one) =>
    one.targets.map((to) =>
      condition(to, depth - 1).map(({ name, value, holds }) =>
        // A parameter that several types have would go on with all of them.
        asked(`${one.code}${one.code === 'patient' ? '' : `:${to}`}.${name}`, value, (it) =>
          one.of(it).some((other) => other.resourceType === to && holds(other)),
        ),
      ),
    ),
  );
  const backwards = LINKS.filter((one) => one.targets.includes(type)).map((one) =>
    condition(one.type, depth - 1).map(({ name, value, holds }) =>
      asked(`_has:${one.type}:${one.code}:${name}`, value, (it) =>
        all(one.type).some((other) => one.of(other).includes(it) && holds(other)),
      ),
    ),
  );
  return fc.oneof(leaf, ...forwards, ...backwards);
}

describe('chains and _has', () => {
  it('answer as walking the resources does', { timeout: 180_000 }, async () => {
    const query = fc.constantFrom(...types).chain((type) =>
      fc.record({
        type: fc.constant(type),
        conditions: fc.array(condition(type, 3), { minLength: 1, maxLength: 3 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(query, { minLength: BATCH, maxLength: BATCH }), async (queries) => {
        const urls = queries.map(
          ({ type, conditions }) =>
            `${type}?_count=1000&${conditions.map(({ name, value }) => `${name}=${value}`).join('&')}`,
        );
        const answers = await Promise.all(urls.map((url) => search.ids(url)));
        for (const [index, { type, conditions }] of queries.entries()) {
          const expected = all(type).filter((one) => conditions.every(({ holds }) => holds(one)));
          expect(answers[index]!.sort(), `${urls[index]}, seed ${seed}`).toEqual(expected.map(({ id }) => id).sort());
        }
      }),
      { numRuns: 60 },
    );
  });
});

interface Included {
  readonly text: string;
  readonly isIterated: boolean;
  /** What one resource brings. */
  from(one: any): readonly any[];
}

function includes(type: Type): fc.Arbitrary<Included> {
  const ways = LINKS.flatMap((one): Included[] => {
    const forward = (text: string, to?: Type): Included => ({
      text,
      isIterated: text.includes('iterate'),
      from: (it) =>
        it.resourceType === one.type ? one.of(it).filter((other) => !to || other.resourceType === to) : [],
    });
    const backward = (text: string): Included => ({
      text,
      isIterated: text.includes('iterate'),
      from: (it) => all(one.type).filter((other) => one.of(other).includes(it)),
    });
    const to = one.targets[0]!;
    const name = `${one.type}:${one.code}`;
    return [
      forward(`_include:iterate=${name}`),
      forward(`_include:iterate=${name}:${to}`, to),
      ...(one.type === type ? [forward(`_include=${name}`), forward(`_include=${name}:${to}`, to)] : []),
      backward(`_revinclude:iterate=${name}`),
      ...(one.targets.includes(type) ? [backward(`_revinclude=${name}`)] : []),
    ];
  });
  const every = (text: string): Included => ({
    text,
    isIterated: false,
    from: (it) => LINKS.filter((one) => one.type === it.resourceType).flatMap((one) => one.of(it)),
  });
  const everyBack: Included = {
    text: '_revinclude=*',
    isIterated: false,
    from: (it) => LINKS.flatMap((one) => all(one.type).filter((other) => one.of(other).includes(it))),
  };
  return fc.constantFrom(...ways, every('_include=*'), every(`_include=${type}:*`), everyBack);
}

describe('includes', () => {
  it('bring what walking the resources does, each once', { timeout: 120_000 }, async () => {
    const query = fc.constantFrom(...types).chain((type) =>
      fc.record({
        type: fc.constant(type),
        first: condition(type, 1),
        ways: fc.uniqueArray(includes(type), { minLength: 1, maxLength: 3, selector: ({ text }) => text }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(query, { minLength: 8, maxLength: 8 }), async (queries) => {
        const urls = queries.map(
          ({ type, first, ways }) =>
            `${type}?_count=1000&${first.name}=${first.value}&${ways.map(({ text }) => text).join('&')}`,
        );
        const bundles = await Promise.all(urls.map((url) => search.bundle(url)));
        for (const [index, { type, first, ways }] of queries.entries()) {
          const told = `${urls[index]}, seed ${seed}`;
          const matches = all(type).filter((one) => first.holds(one));
          expect(matchesOf(bundles[index]).sort(), told).toEqual(matches.map(({ id }) => id).sort());
          const found = entriesOf(bundles[index], 'include').map(keyOf);
          expect(new Set(found).size, told).toBe(found.length);
          expect(found.sort(), told).toEqual(closure(matches, ways).map(keyOf).sort());
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** What is brought by the matches, and by what was brought where a way is iterated. */
function closure(matches: readonly any[], ways: readonly Included[]): any[] {
  const found = new Set<any>();
  const add = (one: any, isMatch: boolean): void => {
    for (const { from, isIterated } of ways) {
      if (!isMatch && !isIterated) continue;
      for (const other of from(one)) {
        if (found.has(other)) continue;
        found.add(other);
        add(other, false);
      }
    }
  };
  for (const one of matches) add(one, true);
  return [...found].filter((one) => !matches.includes(one));
}

function keyOf({ resourceType, id }: any): string {
  return `${resourceType}/${id}`;
}

function ref(reference: string | undefined) {
  return reference === undefined ? undefined : { reference };
}

function refs(all: readonly string[]) {
  return all.length === 0 ? undefined : all.map((reference) => ({ reference }));
}

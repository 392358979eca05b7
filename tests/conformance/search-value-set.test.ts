/** Value sets and hierarchies in searches. https://hl7.org/fhir/R4/search.html#token */
import { describe, expect, it } from 'vitest';
import type { Access } from '../../resources/index.ts';
import { faultFrom } from '../setup/fault.ts';
import { type Stored, searching } from './searching.ts';

const SNOMED = 'http://snomed.info/sct';
const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const WARD = 'http://hospital.example.org/CodeSystem/ward-diets';
const ICD = 'http://hospital.example.org/CodeSystem/diagnoses';

const condition = (id: string, ...codings: (readonly [system: string | undefined, code: string])[]): Stored => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/ann' },
  ...(codings.length > 0
    ? { code: { coding: codings.map(([system, code]) => ({ ...(system ? { system } : {}), code })) } }
    : {}),
});

const encounter = (id: string, code: string, status = 'finished'): Stored => ({
  resourceType: 'Encounter',
  id,
  status,
  class: { system: ACT, code },
  subject: { reference: 'Patient/ann' },
});

const valueSet = (id: string, compose: object | undefined, more: object = {}): Stored => ({
  resourceType: 'ValueSet',
  id,
  url: `http://hospital.example.org/ValueSet/${id}`,
  status: 'active',
  ...(compose ? { compose } : {}),
  ...more,
});

const named = (system: string, ...codes: string[]) => ({ system, concept: codes.map((code) => ({ code })) });
const url = (id: string) => `http://hospital.example.org/ValueSet/${id}`;

/** Diets of a ward: nested, and with a concept that names its parent. */
const diets = (more: object = {}): Stored => ({
  resourceType: 'CodeSystem',
  id: 'ward-diets',
  url: WARD,
  status: 'active',
  content: 'complete',
  concept: [
    {
      code: 'diet',
      concept: [
        { code: 'low-salt', concept: [{ code: 'no-salt' }] },
        { code: 'vegetarian', concept: [{ code: 'vegan', property: [{ code: 'colour', valueCode: 'green' }] }] },
      ],
    },
    { code: 'vegan-soft', property: [{ code: 'parent', valueCode: 'vegan' }] },
    { code: 'fasting', property: [{ code: 'status', valueCode: 'retired' }] },
  ],
  ...more,
});

const search = await searching([
  { resourceType: 'Patient', id: 'ann', gender: 'female', name: [{ family: 'Andersen' }] },
  { resourceType: 'Patient', id: 'bob', gender: 'male' },
  { resourceType: 'Patient', id: 'nobody' },
  condition('diabetes', [SNOMED, '44054006']),
  condition('hypertension', [ICD, 'I10'], [SNOMED, '38341003']),
  condition('icd-lower', [ICD, 'i10']),
  condition('same-code-elsewhere', ['http://other.example.org', '44054006']),
  condition('no-system', [undefined, '44054006']),
  condition('uncoded'),
  condition('low-salt', [WARD, 'low-salt']),
  condition('no-salt', [WARD, 'no-salt']),
  condition('vegan', [WARD, 'vegan']),
  condition('vegan-soft', [WARD, 'vegan-soft']),
  condition('fasting', [WARD, 'fasting']),
  encounter('ambulatory', 'AMB'),
  encounter('inpatient', 'IMP', 'in-progress'),
  encounter('acute', 'ACUTE'),
  encounter('home', 'HH', 'planned'),
  diets(),
  {
    resourceType: 'CodeSystem',
    id: 'diagnoses',
    url: ICD,
    status: 'active',
    content: 'complete',
    caseSensitive: false,
  },
  {
    resourceType: 'CodeSystem',
    id: 'fragment',
    url: 'http://hospital.example.org/CodeSystem/fragment',
    status: 'active',
    content: 'fragment',
    concept: [{ code: 'a' }],
  },
  valueSet('chronic', { include: [named(SNOMED, '44054006', '38341003')] }),
  valueSet('hypertension', { include: [named(ICD, 'I10')] }),
  valueSet('versioned-1', { include: [named(SNOMED, '44054006')] }, { url: url('versioned'), version: '1.9' }),
  valueSet('versioned-2', { include: [named(SNOMED, '38341003')] }, { url: url('versioned'), version: '1.10' }),
  valueSet('all-diets', { include: [{ system: WARD }] }),
  valueSet('active-diets', { inactive: false, include: [{ system: WARD }] }),
  valueSet('diets-but-vegan', { include: [{ system: WARD }], exclude: [named(WARD, 'vegan')] }),
  valueSet('imports', { include: [{ valueSet: [url('chronic'), url('imports-2')] }, named(WARD, 'vegan')] }),
  valueSet('imports-2', { include: [named(SNOMED, '44054006', '22298006')] }),
  valueSet('circle', { include: [{ valueSet: [url('circle')] }] }),
  valueSet('snomed', {
    include: [{ system: SNOMED, filter: [{ property: 'concept', op: 'is-a', value: '73211009' }] }],
  }),
  valueSet('of-fragment', { include: [{ system: 'http://hospital.example.org/CodeSystem/fragment' }] }),
  valueSet('imports-unknown', { include: [{ valueSet: ['http://nowhere.example.org/ValueSet/x'] }] }),
  valueSet('imports-snomed', { include: [{ valueSet: [url('snomed')] }] }),
  valueSet(
    'expanded',
    { include: [{ system: SNOMED, filter: [{ property: 'concept', op: 'is-a', value: '73211009' }] }] },
    {
      expansion: {
        timestamp: '2026-01-01T00:00:00Z',
        total: 1,
        contains: [{ abstract: true, display: 'Diabetes', contains: [{ system: SNOMED, code: '44054006' }] }],
      },
    },
  ),
  valueSet('page-of-many', undefined, {
    expansion: { timestamp: '2026-01-01T00:00:00Z', total: 900, contains: [{ system: SNOMED, code: '44054006' }] },
  }),
  valueSet('everything-male', { include: [named('http://hl7.org/fhir/administrative-gender', 'male')] }),
  valueSet('male-of-others', { include: [named('http://other.example.org/gender', 'male')] }),
]);

const refused = async (query: string, more: { access?: Access } = {}) =>
  (await faultFrom(search.bundle(query, more))).findings[0]!;

describe(':in', () => {
  it.each([
    ['chronic', ['diabetes', 'hypertension']],
    ['all-diets', ['fasting', 'low-salt', 'no-salt', 'vegan', 'vegan-soft']],
    ['active-diets', ['low-salt', 'no-salt', 'vegan', 'vegan-soft']],
    ['diets-but-vegan', ['fasting', 'low-salt', 'no-salt', 'vegan-soft']],
    ['imports', ['diabetes', 'vegan']],
    ['expanded', ['diabetes']],
    // In a system in which case says nothing.
    ['hypertension', ['hypertension', 'icd-lower']],
    // The highest version, by numbers.
    ['versioned', ['hypertension']],
    ['versioned|1.9', ['diabetes']],
  ])('finds the codes of %s', async (set, ids) => {
    const [id, version] = set.split('|');
    const asked = version === undefined ? url(id!) : `${url(id!)}|${version}`;
    expect((await search.ids(`Condition?code:in=${encodeURIComponent(asked)}`)).sort()).toEqual(ids);
  });

  it('takes the address of a value set, relative or absolute', async () => {
    expect((await search.ids('Condition?code:in=ValueSet/chronic')).sort()).toEqual(['diabetes', 'hypertension']);
    const absolute = 'http://localhost:8080/fhir/ValueSet/chronic';
    expect((await search.ids(`Condition?code:in=${absolute}`)).sort()).toEqual(['diabetes', 'hypertension']);
  });

  it('takes several value sets as alternatives', async () =>
    expect((await search.ids(`Condition?code:in=${url('versioned')}|1.9,${url('hypertension')}`)).sort()).toEqual([
      'diabetes',
      'hypertension',
      'icd-lower',
    ]));

  it.each([
    ['Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender', ['ann', 'bob']],
    [`Patient?gender:in=${url('everything-male')}`, ['bob']],
    // The system of a plain code is that of its binding.
    [`Patient?gender:in=${url('male-of-others')}`, []],
    [
      'Encounter?class:in=http://terminology.hl7.org/ValueSet/v3-ActEncounterCode',
      ['acute', 'ambulatory', 'home', 'inpatient'],
    ],
    [
      'Encounter?status:in=http://hl7.org/fhir/ValueSet/encounter-status|4.0.1',
      ['acute', 'ambulatory', 'home', 'inpatient'],
    ],
  ])('%s', async (query, ids) => expect((await search.ids(query)).sort()).toEqual(ids));

  it('stands in chains, in _has and beside other conditions', async () => {
    expect(await search.ids(`Encounter?subject:Patient.gender:in=${url('everything-male')}`)).toEqual([]);
    expect(await search.ids(`Patient?_has:Condition:subject:code:in=${url('chronic')}`)).toEqual(['ann']);
    expect(await search.ids(`Condition?code:in=${url('chronic')}&code=${ICD}|I10`)).toEqual(['hypertension']);
  });

  it('stands in filters', async () => {
    expect(await search.ids(`Condition?_filter=code in ${url('chronic')} and code eq ${ICD}|I10`)).toEqual([
      'hypertension',
    ]);
    const others = await search.ids(
      `Condition?_filter=not (code in ${url('all-diets')}) and code ni ${url('chronic')}`,
    );
    expect(others.sort()).toEqual(['icd-lower', 'no-system', 'same-code-elsewhere', 'uncoded']);
    expect((await search.ids(`Condition?_filter=code ss ${WARD}|vegetarian`)).sort()).toEqual(['vegan', 'vegan-soft']);
  });

  it('counts, sorts and pages as any other condition', async () => {
    const counted = await search.bundle(`Condition?code:in=${url('all-diets')}&_summary=count`);
    expect(counted.total).toBe(5);
    expect(await search.ids(`Condition?code:in=${url('all-diets')}&_sort=_id&_count=2`)).toEqual([
      'fasting',
      'low-salt',
    ]);
  });
});

describe(':not-in', () => {
  it('finds all others, those without a code too, as :not does', async () => {
    const found = await search.ids(`Condition?code:not-in=${url('chronic')}`);
    expect(found.sort()).toEqual([
      'fasting',
      'icd-lower',
      'low-salt',
      'no-salt',
      'no-system',
      'same-code-elsewhere',
      'uncoded',
      'vegan',
      'vegan-soft',
    ]);
    expect((await search.ids(`Patient?gender:not-in=${url('everything-male')}`)).sort()).toEqual(['ann', 'nobody']);
  });
});

describe(':below and :above', () => {
  it.each([
    [`Condition?code:below=${WARD}|vegetarian`, ['vegan', 'vegan-soft']],
    [`Condition?code:below=${WARD}|low-salt`, ['low-salt', 'no-salt']],
    [`Condition?code:below=${WARD}|diet`, ['low-salt', 'no-salt', 'vegan', 'vegan-soft']],
    [`Condition?code:above=${WARD}|no-salt`, ['low-salt', 'no-salt']],
    [`Condition?code:above=${WARD}|vegan-soft`, ['vegan', 'vegan-soft']],
    // No concept of the system: nothing is above or below it but itself.
    [`Condition?code:below=${WARD}|unheard-of`, []],
    [`Encounter?class:below=${ACT}|IMP`, ['acute', 'inpatient']],
    [`Encounter?class:above=${ACT}|ACUTE`, ['acute', 'inpatient']],
    ['Encounter?status:below=finished', ['acute', 'ambulatory']],
  ])('%s', async (query, ids) => expect((await search.ids(query)).sort()).toEqual(ids));
});

describe('what cannot be asked', () => {
  it.each([
    [`code:in=http://nowhere.example.org/ValueSet/x`, 'http://nowhere.example.org/ValueSet/x', 'Store it first.'],
    [`code:in=${url('versioned')}|7`, `${url('versioned')}|7`, 'another version'],
    ['code:in=ValueSet/never', 'ValueSet/never', 'Store it first.'],
    [`code:in=${url('snomed')}`, 'the code system http://snomed.info/sct', 'Store it'],
    [`code:in=${url('imports-snomed')}`, url('snomed'), 'Store it'],
    [`code:in=${url('of-fragment')}`, 'at hand only in part (its content is fragment)', 'Store it'],
    [`code:in=${url('imports-unknown')}`, 'http://nowhere.example.org/ValueSet/x', 'Store it'],
    [`code:in=${url('circle')}`, 'it imports itself', undefined],
    [`code:in=${url('page-of-many')}`, 'it has no composition', undefined],
    [`code:below=${SNOMED}|73211009`, 'http://snomed.info/sct', 'Store the CodeSystem'],
    ['code:below=73211009', 'does not name a code of a code system', 'system|code'],
    [`code:above=${WARD}|`, 'does not name a code of a code system', 'system|code'],
  ])('refuses %s with what is wrong and what to do', async (query, text, hint) => {
    const finding = await refused(`Condition?${query}`);
    expect(['invalid-value', 'not-supported']).toContain(finding.kind);
    expect(finding.text).toContain(text);
    expect(finding.expression).toMatch(/^code:/);
    if (hint) expect(finding.hint).toContain(hint);
  });

  it.each(['Patient?identifier:in=ValueSet/chronic', 'Patient?active:in=ValueSet/chronic', 'Patient?birthdate:in=x'])(
    'refuses %s, which is about no codes',
    async (query) => expect((await refused(query)).kind).toBe('unsupported-modifier'),
  );
});

describe('value sets that change', () => {
  it('are what they were last stored as, in the next search', async () => {
    const query = `Condition?code:in=${url('changing')}`;
    expect((await refused(query)).kind).toBe('invalid-value');
    await search.put(valueSet('changing', { include: [named(SNOMED, '44054006')] }));
    expect(await search.ids(query)).toEqual(['diabetes']);
    await search.put(valueSet('changing', { include: [named(WARD, 'vegan')] }));
    expect(await search.ids(query)).toEqual(['vegan']);
    await search.delete('ValueSet/changing');
    expect((await refused(query)).kind).toBe('invalid-value');
  });

  it('follow the code systems and value sets that they are made of', async () => {
    await search.put(valueSet('outer', { include: [{ valueSet: [url('inner')] }] }));
    await search.put(valueSet('inner', { include: [{ system: 'http://hospital.example.org/CodeSystem/late' }] }));
    const query = `Condition?code:in=${url('outer')}`;
    expect((await refused(query)).kind).toBe('not-supported');
    const late = (...codes: string[]) =>
      diets({
        id: 'late',
        url: 'http://hospital.example.org/CodeSystem/late',
        concept: codes.map((code) => ({ code })),
      });
    await search.put(condition('late', ['http://hospital.example.org/CodeSystem/late', 'b']));
    await search.put(late('a'));
    expect(await search.ids(query)).toEqual([]);
    await search.put(late('a', 'b'));
    expect(await search.ids(query)).toEqual(['late']);
    expect(await search.ids('Condition?code:below=http://hospital.example.org/CodeSystem/late|b')).toEqual(['late']);
  });

  it('go before those of R4 with the same url', async () => {
    const query = 'Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender';
    await search.put(
      valueSet(
        'own-gender',
        { include: [named('http://hl7.org/fhir/administrative-gender', 'female')] },
        {
          url: 'http://hl7.org/fhir/ValueSet/administrative-gender',
        },
      ),
    );
    expect(await search.ids(query)).toEqual(['ann']);
    await search.delete('ValueSet/own-gender');
    expect((await search.ids(query)).sort()).toEqual(['ann', 'bob']);
  });
});

describe('access', () => {
  const only = (...types: string[]): Access => ({
    actor: 'Practitioner/7',
    grants: [{ types, verbs: ['search', 'read'] }],
  });

  it('is needed for a stored value set, and for the code systems in it', async () => {
    const asked = `Condition?code:in=${url('chronic')}`;
    await search.ids(asked);
    expect((await refused(asked, { access: only('Condition') })).kind).toBe('invalid-value');
    const diet = `Condition?code:in=${url('all-diets')}`;
    await search.ids(diet);
    expect((await refused(diet, { access: only('Condition', 'ValueSet') })).kind).toBe('not-supported');
    const seen = await search.bundle(diet, { access: only('Condition', 'ValueSet', 'CodeSystem') });
    expect(seen.total).toBe(5);
  });

  it('is not needed for those of R4', async () => {
    const query = 'Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender';
    expect((await search.bundle(query, { access: only('Patient') })).total).toBe(2);
  });
});

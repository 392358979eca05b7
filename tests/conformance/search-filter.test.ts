/** `_filter`, operator by operator. https://hl7.org/fhir/R4/search_filter.html */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Access, openAccess } from '../../resources/index.ts';
import { faultFrom } from '../setup/fault.ts';
import { entriesOf, linkOf, matchesOf, pagesOf, searching } from './searching.ts';

const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';
const V2 = 'http://terminology.hl7.org/CodeSystem/v2-0203';

const people = [
  {
    id: 'peter',
    name: [{ family: 'Chalmers', given: ['Peter', 'James'] }, { given: ['Jim'] }],
    gender: 'male',
    birthDate: '1974-12-25',
    active: true,
    identifier: [{ system: 'urn:mrn', value: '12345', type: { coding: [{ system: V2, code: 'MR' }] } }],
    managingOrganization: { reference: 'Organization/acme' },
  },
  {
    id: 'petra',
    name: [{ family: "O'Neil (Müller)", given: ['Petra'] }],
    gender: 'female',
    birthDate: '2014-10-10',
    active: false,
    identifier: [
      { system: 'urn:mrn', value: '777' },
      { system: 'urn:ssn', value: '12345' },
    ],
    managingOrganization: { reference: 'Organization/beta' },
  },
  { id: 'anna', name: [{ family: 'van Dyck', given: ['Anna'] }], gender: 'female', birthDate: '2014' },
  { id: 'noname', gender: 'unknown', managingOrganization: { reference: 'Organization/acme' } },
].map((one) => ({ resourceType: 'Patient', ...one }));

const organizations = [
  { id: 'acme', name: 'Acme Hospital', address: [{ city: 'Boston' }], active: true },
  { id: 'beta', name: 'Beta Clinic', address: [{ city: 'Boston' }], active: false },
].map((one) => ({ resourceType: 'Organization', ...one }));

const observations = [
  {
    id: 'bp',
    status: 'final',
    code: { coding: [{ system: LOINC, code: '85354-9' }] },
    subject: { reference: 'Patient/peter' },
    effectiveDateTime: '2024-03-05',
    category: [{ coding: [{ system: 'urn:cat', code: 'vital-signs' }] }],
  },
  {
    id: 'weight',
    status: 'amended',
    code: {
      coding: [
        { system: LOINC, code: '29463-7' },
        { system: 'urn:local', code: 'WT' },
      ],
    },
    subject: { reference: 'Patient/peter' },
    effectivePeriod: { start: '2024-03-01', end: '2024-03-31' },
    valueQuantity: { value: 70.5, unit: 'kg', system: UCUM, code: 'kg' },
    category: [
      { coding: [{ system: 'urn:cat', code: 'vital-signs' }] },
      { coding: [{ system: 'urn:cat', code: 'exam' }] },
    ],
    derivedFrom: [{ reference: 'Observation/bp' }],
  },
  {
    id: 'glucose',
    status: 'final',
    code: { coding: [{ system: LOINC, code: '15074-8' }] },
    subject: { reference: 'Patient/petra' },
    effectiveDateTime: '2024-05-17T10:00:00Z',
    valueQuantity: { value: 6.3, unit: 'mmol/l', system: UCUM, code: 'mmol/L' },
  },
].map((one) => ({ resourceType: 'Observation', ...one }));

const search = await searching([
  ...organizations,
  ...people,
  ...observations,
  {
    resourceType: 'RiskAssessment',
    id: 'risk',
    status: 'final',
    subject: { reference: 'Patient/peter' },
    prediction: [{ probabilityDecimal: 0.54 }],
  },
  {
    resourceType: 'Group',
    id: 'women',
    type: 'person',
    actual: false,
    characteristic: [
      {
        code: { text: 'g', coding: [{ system: 'urn:g', code: 'gender' }] },
        valueCodeableConcept: { coding: [{ system: 'urn:g', code: 'female' }] },
        exclude: false,
      },
      {
        code: { text: 's', coding: [{ system: 'urn:g', code: 'smoker' }] },
        valueCodeableConcept: { coding: [{ system: 'urn:g', code: 'no' }] },
        exclude: false,
      },
    ],
  },
  {
    resourceType: 'ValueSet',
    id: 'weights',
    url: 'http://example.org/ValueSet/weights',
    status: 'active',
    compose: { include: [{ system: LOINC, concept: [{ code: '29463-7' }, { code: '3141-9' }] }] },
  },
  {
    resourceType: 'CodeSystem',
    id: 'cat',
    url: 'urn:cat',
    status: 'active',
    content: 'complete',
    concept: [
      { code: 'finding', concept: [{ code: 'vital-signs' }, { code: 'exam', concept: [{ code: 'eye-exam' }] }] },
    ],
  },
  {
    resourceType: 'List',
    id: 'ward',
    status: 'current',
    mode: 'working',
    entry: [{ item: { reference: 'Patient/peter' } }],
  },
]);
const found = async (type: string, filter: string) =>
  (await search.ids(`${type}?_filter=${encodeURIComponent(filter)}`)).sort();

describe('examples of the specification', () => {
  it.each([
    ['Patient', 'name co "pet"', ['peter', 'petra']],
    ['Patient', 'given eq "peter" and birthdate ge 1970-10-10', ['peter']],
    ['Patient', 'given eq "peter" and birthdate ge 2014-10-10', []],
    ['Observation', 'code eq http://loinc.org|85354-9', ['bp']],
    ['Observation', 'subject.name co "pet"', ['bp', 'glucose', 'weight']],
    ['Observation', 'derived-from re Observation/bp', ['weight']],
    ['Patient', 'organization[name eq "acme hospital"].address-city eq boston', ['noname', 'peter']],
    ['Group', 'characteristic[code eq gender].value eq female', ['women']],
    ['Group', 'characteristic[code eq gender].value eq no', []],
  ])('%s: %s', async (type, filter, ids) => expect(await found(type, filter)).toEqual(ids));
});

describe('strings', () => {
  it.each([
    ['family eq chalmers', ['peter']],
    ['family eq "CHALMERS"', ['peter']],
    ['family eq chalm', []],
    ['family eq "van dyck"', ['anna']],
    ['family eq "o\'neil (muller)"', ['petra']],
    ['given eq jim', ['peter']],
    ['name eq James', ['peter']],
    ['family sw chal', ['peter']],
    ['family sw halm', []],
    ['family co halm', ['peter']],
    ['family co "(mü"', ['petra']],
    ['family ew mers', ['peter']],
    ['family ew mer', []],
    ['given ew A', ['anna', 'petra']],
    ['family ew ")"', ['petra']],
    ['given ne peter', ['anna', 'peter', 'petra']],
    ['given ne Petra', ['anna', 'peter']],
    ['not (given eq petra)', ['anna', 'noname', 'peter']],
    ['family gt chalmers', ['anna', 'petra']],
    ['family ge chalmers', ['anna', 'peter', 'petra']],
    ['family lt o', ['peter']],
    ['family le CHALMERS', ['peter']],
    ['given lt b', ['anna']],
    ['name pr false', ['noname']],
    ['name pr true', ['anna', 'peter', 'petra']],
    ['family co "\\u00fcll"', ['petra']],
    ['family co "%"', []],
    ['family co "_"', []],
    ['family ew "."', []],
    ['family eq ".*"', []],
  ])('%s', async (filter, ids) => expect(await found('Patient', filter)).toEqual(ids));
});

describe('dates', () => {
  it.each([
    ['date eq 2024-03-05', ['bp']],
    ['date eq 2024-03', ['bp', 'weight']],
    ['date ne 2024-03', ['glucose']],
    ['date gt 2024-03-05', ['glucose', 'weight']],
    ['date ge 2024-05-17', ['glucose']],
    ['date lt 2024-03-05', ['weight']],
    ['date le 2024-03-05', ['bp', 'weight']],
    ['date sa 2024-03-31', ['glucose']],
    ['date eb 2024-04-01', ['bp', 'weight']],
    ['date ap 1900', []],
    // The stored period includes the one that is asked for …
    ['date co 2024-03-05', ['bp', 'weight']],
    ['date co 2024-03-06', ['weight']],
    ['date co 2024', []],
    ['date co 2024-03-05T12:00:00Z', ['bp', 'weight']],
    // … or overlaps with it.
    ['date po 2024', ['bp', 'glucose', 'weight']],
    ['date po 2024-03-31', ['weight']],
    ['date po 2024-05-17T10:00:00Z', ['glucose']],
    ['date pr true', ['bp', 'glucose', 'weight']],
    ['_lastUpdated gt 2020', ['bp', 'glucose', 'weight']],
    ['_lastUpdated po 2020', []],
    ['_lastUpdated lt 2020 or date eq 2024-03-05', ['bp']],
  ])('%s', async (filter, ids) => expect(await found('Observation', filter)).toEqual(ids));
});

describe('tokens', () => {
  it.each([
    ['Observation', 'status eq final', ['bp', 'glucose']],
    ['Observation', 'status eq FINAL', ['bp', 'glucose']],
    ['Observation', 'status ne final', ['weight']],
    ['Observation', 'status eq http://hl7.org/fhir/observation-status|Final', ['bp', 'glucose']],
    ['Observation', 'status eq urn:other|FINAL', []],
    ['Observation', 'code eq loinc|29463-7', ['weight']],
    ['Observation', 'code eq urn:LOCAL|wt', ['weight']],
    ['Observation', 'code eq wt', ['weight']],
    ['Observation', 'code eq urn:local|', ['weight']],
    ['Observation', 'code ne loinc|29463-7', ['bp', 'glucose', 'weight']],
    ['Observation', 'category ne vital-signs', ['weight']],
    ['Observation', 'category ne urn:cat|VITAL-signs', ['weight']],
    ['Observation', 'category pr false', ['glucose']],
    ['Patient', 'active eq true', ['peter']],
    ['Patient', 'active eq false', ['petra']],
    ['Patient', 'active pr false', ['anna', 'noname']],
    ['Patient', 'gender eq female', ['anna', 'petra']],
    ['Patient', 'identifier eq urn:mrn|12345', ['peter']],
    ['Patient', 'identifier eq 12345', ['peter', 'petra']],
    ['Patient', 'identifier ne 12345', ['petra']],
    ['Patient', 'identifier ne urn:ssn|12345', ['peter', 'petra']],
    ['Patient', '_id eq peter', ['peter']],
    ['Patient', '_id ne peter', ['anna', 'noname', 'petra']],
  ])('%s: %s', async (type, filter, ids) => expect(await found(type, filter)).toEqual(ids));
});

describe('sets of codes', () => {
  it.each([
    ['code in http://example.org/ValueSet/weights', ['weight']],
    ['code in ValueSet/weights', ['weight']],
    ['code ni http://example.org/ValueSet/weights', ['bp', 'glucose']],
    ['not (code in http://example.org/ValueSet/weights)', ['bp', 'glucose']],
    ['code in http://example.org/ValueSet/weights or status eq final', ['bp', 'glucose', 'weight']],
    // The value subsumes a concept of the resource, or is subsumed by one.
    ['category ss urn:cat|finding', ['bp', 'weight']],
    ['category ss urn:cat|exam', ['weight']],
    ['category sb urn:cat|exam', ['weight']],
    ['category sb urn:cat|eye-exam', ['weight']],
    ['category sb urn:cat|finding', []],
  ])('%s', async (filter, ids) => expect(await found('Observation', filter)).toEqual(ids));

  it('tell of one that is not there', async () => {
    const fault = await faultFrom(found('Observation', 'code in http://example.org/ValueSet/nowhere'));
    expect(fault.status).toBe(400);
  });
});

describe('numbers, quantities and references', () => {
  it.each([
    ['RiskAssessment', 'probability eq 0.54', ['risk']],
    ['RiskAssessment', 'probability eq 0.5', ['risk']],
    ['RiskAssessment', 'probability eq 0.6', []],
    ['RiskAssessment', 'probability ne 0.54', []],
    ['RiskAssessment', 'probability gt 0.5', ['risk']],
    ['RiskAssessment', 'probability lt 0.5', []],
    ['RiskAssessment', 'probability ap 0.55', ['risk']],
    // 0.54 is written with two digits: it stands for what lies between 0.535 and 0.545.
    ['RiskAssessment', 'probability co 0.542', ['risk']],
    ['RiskAssessment', 'probability co 0.5451', []],
    ['RiskAssessment', 'probability co 0.534', []],
    ['Observation', 'value-quantity gt 6', ['glucose', 'weight']],
    ['Observation', 'value-quantity gt 6|ucum|mmol/L', ['glucose']],
    ['Observation', 'value-quantity eq 70500|ucum|g', ['weight']],
    ['Observation', 'value-quantity le 70.5||kg', ['weight']],
    ['Observation', 'value-quantity ne 70.5|http://unitsofmeasure.org|kg', []],
    ['Observation', 'value-quantity pr false', ['bp']],
    ['Observation', 'subject re Patient/peter', ['bp', 'weight']],
    ['Observation', 'subject re http://localhost:8080/fhir/Patient/peter', ['bp', 'weight']],
    ['Observation', 'subject eq peter', ['bp', 'weight']],
    ['Observation', 'subject:Patient re peter', ['bp', 'weight']],
    ['Observation', 'code-value-quantity eq loinc|29463-7$gt70', []],
    ['Observation', 'code-value-quantity eq http://loinc.org|29463-7$gt70', ['weight']],
  ])('%s: %s', async (type, filter, ids) => expect(await found(type, filter)).toEqual(ids));
});

describe('logic', () => {
  it.each([
    ['gender eq male or gender eq female', ['anna', 'peter', 'petra']],
    // As R4 says: from left to right, without a higher rank of either.
    ['gender eq male or gender eq female and active eq false', ['petra']],
    ['gender eq male or (gender eq female and active eq false)', ['peter', 'petra']],
    ['active eq false and gender eq female or gender eq male', ['peter', 'petra']],
    ['not (gender eq male)', ['anna', 'noname', 'petra']],
    ['not(not (gender eq male))', ['peter']],
    ['((gender eq male))', ['peter']],
    ['  gender   eq male  ', ['peter']],
    ['gender eq male and(active eq true)', ['peter']],
    ['birthdate eq 2014 or family eq chalmers', ['anna', 'peter', 'petra']],
    ['birthdate lt 1980 or _id eq anna or identifier eq 777', ['anna', 'peter', 'petra']],
    ['not (birthdate pr true) and not (name pr true)', ['noname']],
  ])('%s', async (filter, ids) => expect(await found('Patient', filter)).toEqual(ids));

  it('holds beside other parameters', async () => {
    expect(
      await search.ids(`Patient?gender=female&_filter=${encodeURIComponent('active eq false or active eq true')}`),
    ).toEqual(['petra']);
    expect(await search.ids(`Patient?_filter=gender%20eq%20female&_filter=active%20eq%20false`)).toEqual(['petra']);
    expect(await search.ids(`Patient?_list=ward&_filter=gender%20pr%20true`)).toEqual(['peter']);
  });
});

describe('paths', () => {
  it.each([
    ['Observation', 'subject.family eq chalmers', ['bp', 'weight']],
    ['Observation', 'subject:Patient.family eq chalmers', ['bp', 'weight']],
    ['Observation', 'subject.organization.name sw acme', ['bp', 'weight']],
    ['Observation', 'subject[gender eq female].organization[active eq false].name co clinic', ['glucose']],
    ['Observation', 'subject[gender eq female or gender eq male].birthdate gt 2000', ['glucose']],
    ['Observation', 'not (subject.family eq chalmers)', ['glucose']],
    ['Patient', '_has:Observation:subject:code eq loinc|15074-8', ['petra']],
    ['Patient', '_has:Observation:subject[status eq final].date gt 2024-04', ['petra']],
    ['Organization', '_has:Patient:organization:_has:Observation:subject:status eq amended', ['acme']],
    ['Patient', 'organization.active eq true and not (name pr true)', ['noname']],
  ])('%s: %s', async (type, filter, ids) => expect(await found(type, filter)).toEqual(ids));

  it('show nothing that is not granted', async () => {
    const access: Access = {
      ...openAccess,
      actor: 'lab',
      grants: [{ types: ['Observation'], verbs: ['search', 'read'] }],
    };
    const url = `Observation?_filter=${encodeURIComponent('subject.family eq chalmers or status eq amended')}`;
    expect(matchesOf(await search.bundle(url, { access }))).toEqual(['weight']);
  });
});

describe('several types', () => {
  it('are searched by what all of them have', async () => {
    const filter = encodeURIComponent('active eq true and not (_id eq x)');
    expect((await search.ids(`?_type=Patient,Organization&_filter=${filter}`)).sort()).toEqual(['acme', 'peter']);
  });
});

describe('refusals tell the place', () => {
  it.each([
    ['Patient', '', 'character 1: expected the name of a search parameter', undefined],
    ['Patient', 'gender', 'character 7: expected a space and an operator, found the end', undefined],
    ['Patient', 'gender eq', 'character 10: expected a space and a value', undefined],
    ['Patient', 'gender is male', 'character 8: expected an operator', undefined],
    ['Patient', 'gender Co male', 'character 8: expected an operator', 'Did you mean co?'],
    [
      'Patient',
      'gender eq male and',
      'character 19: expected the name of a search parameter, not or (, found the end',
      undefined,
    ],
    ['Patient', 'gender eq male xor active eq true', 'character 16: expected and, or, or the end', undefined],
    ['Patient', '(gender eq male', 'character 16: expected and, or, or )', undefined],
    ['Patient', 'gender eq male)', 'character 15: expected and, or, or the end', undefined],
    ['Patient', 'not gender eq male', 'character 5: expected an operator', undefined],
    ['Patient', 'family eq "chal', 'character 11: "\\"chal" is a string that does not end', undefined],
    ['Patient', 'family eq "a\\x"', 'character 11', undefined],
    ['Patient', 'family eq ""', 'character 11', undefined],
    ['Patient', 'famly eq x', 'character 1: Patient has no search parameter "famly"', 'Did you mean family?'],
    [
      'Patient',
      'active eq true and organization.nme eq x',
      'character 33: Organization has no search parameter',
      'Did you mean name?',
    ],
    ['Patient', 'birthdate eq yesterday', 'character 1: birthdate=eqyesterday is not a date', undefined],
    [
      'Patient',
      'gender eq male or birthdate po yesterday',
      'character 19: birthdate po yesterday is not a date',
      undefined,
    ],
    ['Patient', 'birthdate sw 2014', 'character 1: birthdate (date) cannot be tested with sw', 'It takes eq, ne'],
    ['Patient', 'gender gt male', 'cannot be tested with gt', 'It takes eq, ne'],
    ['Patient', 'gender pr yes', 'pr yes is not valid', 'pr true'],
    ['Patient', 'gender.name eq x', 'only references can be followed', undefined],
    ['Patient', 'organization[name eq x]', 'expected . and what of the target is tested', undefined],
    ['Patient', 'organization[name eq x.city eq y', 'character', undefined],
    ['Patient', '_has:Observation:code:status eq x', 'does not refer to Patient', undefined],
    ['Patient', '_has:Nothing:code:status eq x', 'Nothing is no resource type', undefined],
    ['Patient', '_list eq ward', '_list is no parameter for a filter', undefined],
    ['Observation', 'subject:Medication.code eq x', 'never refers to Medication', undefined],
    ['RiskAssessment', 'probability co much', 'is not a number', undefined],
  ])('%s: %s', async (type, filter, said, hint) => {
    const fault = await faultFrom(found(type, filter));
    expect(fault.status).toBe(400);
    expect(fault.message.startsWith('_filter')).toBe(true);
    expect(fault.message).toContain(said);
    expect(fault.findings[0]!.expression).toBe('_filter');
    if (hint !== undefined) expect(fault.findings[0]!.hint).toContain(hint);
  });

  it.each([
    ['many tests', Array(101).fill('gender eq male').join(' or ')],
    ['deep brackets', `${'('.repeat(30)}gender eq male${')'.repeat(30)}`],
    ['a long text', `family eq "${'x'.repeat(21_000)}"`],
    ['a long value', `family eq "${'x'.repeat(6000)}"`],
    ['many references', 'partof.partof.partof.partof.partof.partof.name eq x'],
  ])('too costly: %s', async (_, filter) => {
    const type = filter.startsWith('partof') ? 'Organization' : 'Patient';
    expect((await faultFrom(found(type, filter))).kind).toBe('too-costly');
  });

  it('and are forgiven where the client asks for it and only a parameter is unknown', async () => {
    const bundle = await search.bundle(`Patient?_id=anna&_filter=${encodeURIComponent('nonsense eq 1')}`, {
      prefer: { handling: 'lenient' },
    });
    expect(matchesOf(bundle)).toEqual(['anna']);
    expect(linkOf(bundle, 'self')).toBe('Patient?_id=anna');
    expect(entriesOf(bundle, 'outcome')[0].issue[0].expression).toEqual(['_filter']);
  });
});

describe('any filter', () => {
  interface Asked {
    readonly text: string;
    holds(one: any): boolean;
  }
  const quoted = (text: string) => (/^[\w-]+$/.test(text) ? text : JSON.stringify(text));
  const familyOf = (one: any): string[] => (one.name ?? []).flatMap(({ family }: any) => family ?? []);
  const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const compare: Record<string, (a: string, b: string) => boolean> = {
    eq: (a, b) => a === b,
    ne: (a, b) => a !== b,
    co: (a, b) => a.includes(b),
    sw: (a, b) => a.startsWith(b),
    ew: (a, b) => a.endsWith(b),
    gt: (a, b) => a > b,
    lt: (a, b) => a < b,
    ge: (a, b) => a >= b,
    le: (a, b) => a <= b,
  };
  const organization = (one: any) =>
    organizations.find(({ id }) => one.managingOrganization?.reference === `Organization/${id}`);
  const leaf: fc.Arbitrary<Asked> = fc.oneof(
    fc
      .tuple(
        fc.constantFrom(...Object.keys(compare)),
        fc.constantFrom('chalmers', 'Chal', 'a', 'van dyck', 'dyck', ')', "o'neil (müller)", 'mers', '.*', '%'),
      )
      .map(
        ([operator, text]): Asked => ({
          text: `family ${operator} ${quoted(text)}`,
          holds: (one) => familyOf(one).some((family) => compare[operator]!(fold(family), fold(text))),
        }),
      ),
    fc
      .constantFrom('male', 'female', 'unknown')
      .map((code): Asked => ({ text: `gender eq ${code}`, holds: (one) => one.gender === code })),
    fc
      .constantFrom('male', 'female', 'unknown')
      .map((code): Asked => ({ text: `gender ne ${code}`, holds: (one) => one.gender !== code })),
    fc.boolean().map((is): Asked => ({ text: `active pr ${is}`, holds: (one) => (one.active !== undefined) === is })),
    fc
      .boolean()
      .map((is): Asked => ({ text: `birthdate pr ${is}`, holds: (one) => (one.birthDate !== undefined) === is })),
    fc.constantFrom('1980', '2014').map(
      (year): Asked => ({
        text: `birthdate lt ${year}`,
        holds: (one) => one.birthDate !== undefined && one.birthDate.slice(0, 4) < year,
      }),
    ),
    fc
      .constantFrom(...people.map(({ id }) => id))
      .map((id): Asked => ({ text: `_id eq ${id}`, holds: (one) => one.id === id })),
    fc.boolean().map(
      (is): Asked => ({
        text: `organization[active eq ${is}].address-city eq boston`,
        holds: (one) => organization(one)?.active === is,
      }),
    ),
  );
  const { filter } = fc.letrec<{ filter: Asked }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'filter' },
      leaf,
      fc.array(tie('filter'), { minLength: 2, maxLength: 4 }).chain((parts) =>
        fc.array(fc.constantFrom('and', 'or'), { minLength: parts.length, maxLength: parts.length }).map(
          (words): Asked => ({
            text: `(${parts.map(({ text }, index) => (index === 0 ? text : `${words[index]} ${text}`)).join(' ')})`,
            holds: (one) =>
              parts
                .slice(1)
                .reduce(
                  (left, { holds }, index) => (words[index + 1] === 'and' ? left && holds(one) : left || holds(one)),
                  parts[0]!.holds(one),
                ),
          }),
        ),
      ),
      tie('filter').map(({ text, holds }): Asked => ({ text: `not (${text})`, holds: (one) => !holds(one) })),
    ),
  }));

  it('answers as a slow evaluation does', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(filter, async ({ text, holds }) => {
        const ids = people
          .filter(holds)
          .map(({ id }) => id)
          .sort();
        expect(await found('Patient', text), text).toEqual(ids);
        const pages = await pagesOf(search, `Patient?_count=2&_sort=-birthdate&_filter=${encodeURIComponent(text)}`);
        expect(pages.flatMap(matchesOf).sort(), text).toEqual(ids);
        expect((await search.bundle(`Patient?_count=0&_filter=${encodeURIComponent(text)}`)).total).toBe(ids.length);
      }),
      { numRuns: 150 },
    );
  });

  it('is answered or refused with its place, whatever stands in it', { timeout: 60_000 }, async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'family',
        'gender',
        ' eq ',
        ' co ',
        ' pr ',
        ' and ',
        ' or ',
        'not ',
        '(',
        ')',
        '[',
        ']',
        '.',
        '"',
        '\\',
        "'",
        '; DROP TABLE res; --',
        '$1',
        '|',
        ':',
        'true',
        '^',
        '%',
        'birthdate ge ',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const outcome = await found('Patient', pieces.join('')).catch((error: unknown) => error);
        if (!Array.isArray(outcome))
          expect(outcome).toMatchObject({ status: 400, message: expect.stringMatching(/^_filter/) });
      }),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.constantFrom(...Object.keys(compare)),
        async (text, operator) => {
          const outcome = await found('Patient', `family ${operator} ${JSON.stringify(text)}`).catch(
            (error: unknown) => error,
          );
          if (!Array.isArray(outcome)) expect(outcome).toMatchObject({ status: 400 });
        },
      ),
      { numRuns: 200 },
    );
  });
});

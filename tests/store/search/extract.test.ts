import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../profiles/index.ts';
import { isResourceType, parseJson, searchParameters } from '../../../resources/index.ts';
import { openExtractor } from '../../../store/search/extract.ts';
import { FLAG } from '../../../store/search/index-values.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';
import { extract, extractor, extractText, KEY } from './extracting.ts';

const bloodPressure = {
  resourceType: 'Observation',
  id: 'bp',
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '85354-9', display: 'Blood pressure panel' }] },
  subject: { reference: 'Patient/ann' },
  encounter: { reference: 'Encounter/e1' },
  performer: [{ reference: 'Practitioner/p1' }, { reference: 'Practitioner/p1' }],
  effectiveDateTime: '2024-05-17T10:30:00Z',
};

describe('extract', () => {
  it('gives equal values in every process of a database', () => {
    const other = openExtractor(KEY, 'UTC');
    other.extract('Patient', 'x', parseJson('{"resourceType":"Patient","active":true}'), []);
    expect(extractText(JSON.stringify(bloodPressure), other)).toEqual(extract(bloodPressure));
  });

  it('gives other tokens in another database', () => {
    const other = extractText(JSON.stringify(bloodPressure), openExtractor(Buffer.alloc(16, 1), 'UTC'));
    expect(other.h.some((token) => extract(bloodPressure).h.includes(token))).toBe(false);
  });

  it('says each token once, references first', () => {
    const { h, nr } = extract(bloodPressure);
    expect(new Set(h).size).toBe(h.length);
    // Three references, each by its slot and by "refers to this".
    expect(nr).toBe(6);
    expect(h.slice(0, nr)).toContain(
      extractor.rid('Patient', 'ann') ^ extractor.hash('ref|Observation.subject:reference'),
    );
    expect(h.slice(0, nr)).toContain(extractor.rid('Practitioner', 'p1') ^ extractor.hash('ref|*'));
  });

  it('fills the columns that the type declares', () => {
    const values = extract(bloodPressure);
    expect(values.subj).toBe(extractor.rid('Patient', 'ann'));
    expect(values.dates).toEqual([{ lo: 1715941800000000n, hi: 1715941801000000n }, null, null]);
    expect(values.h).toContain(values.code1);
    expect(values.fl).toBe(0);
  });

  it('tells the slots that have a value, and a token for the set of them', () => {
    const { slots, sig, h } = extract(bloodPressure);
    const present = (code: string) =>
      searchParameters('Observation')
        .get(code)!
        .slots.some(({ k }) => slots.includes(k));
    for (const code of ['status', 'code', 'category', 'subject', 'patient', 'encounter', 'performer', 'date']) {
      expect(present(code), code).toBe(true);
    }
    for (const code of ['value-quantity', 'specimen', 'identifier', '_tag']) expect(present(code), code).toBe(false);
    expect(h).toContain(sig);
    expect(slots).toEqual([...slots].sort((a, b) => a - b));
    expect(extract({ ...bloodPressure, id: 'other', status: 'amended' }).sig).toBe(sig);
    expect(extract({ ...bloodPressure, device: { display: 'cuff' } }).sig).not.toBe(sig);
  });

  it('does not count a reference to another type as one to a patient', () => {
    const has = (reference: object, code: string) => {
      const { slots } = extract({ ...bloodPressure, subject: reference });
      return searchParameters('Observation')
        .get(code)!
        .slots.some(({ k }) => slots.includes(k));
    };
    expect(has({ reference: 'Group/g' }, 'subject')).toBe(true);
    expect(has({ reference: 'Group/g' }, 'patient')).toBe(false);
    expect(has({ reference: 'http://example.org/fhir/Patient/1' }, 'patient')).toBe(true);
    expect(has({ type: 'Patient', identifier: { value: '1' } }, 'patient')).toBe(true);
  });

  it('survives a list of thousands of references', () => {
    const entry = Array.from({ length: 5000 }, (_, index) => ({ item: { reference: `Observation/o${index % 4000}` } }));
    const { nr, h } = extract({ resourceType: 'List', status: 'current', mode: 'working', entry });
    expect(nr).toBe(8000);
    expect(new Set(h).size).toBe(h.length);
  });
});

describe('compartments of patients', () => {
  it('hold what refers to the patient, in the shard of the patient', () => {
    const values = extract(bloodPressure);
    expect(values.comp).toEqual(['ann']);
    expect(values.sk).toBe(extractor.rid('Patient', 'ann'));
  });

  it('hold the patient, whoever is linked to it', () => {
    const values = extract({
      resourceType: 'Patient',
      id: 'ann',
      link: [{ other: { reference: 'Patient/old' }, type: 'replaces' }],
    });
    expect(values.comp).toEqual(['ann']);
    expect(values.sk).toBe(values.rid);
  });

  it('hold nothing that only names no patient of this server', () => {
    for (const reference of [
      'Group/g',
      'http://example.org/fhir/Patient/1',
      '#contained',
      'urn:uuid:0190f2a4-8a52-7c1c-b2f7-9a3b0e6d1c22',
    ]) {
      const values = extract({ ...bloodPressure, subject: { reference } });
      expect(values.comp).toEqual([]);
      expect(values.sk).toBe(values.rid);
    }
  });

  it('are several where several patients take part', () => {
    const appointment = (...ids: string[]) =>
      extract({
        resourceType: 'Appointment',
        status: 'booked',
        participant: ids.map((id) => ({ actor: { reference: `Patient/${id}` }, status: 'accepted' })),
      });
    expect(appointment('ann', 'bob', 'ann').comp).toEqual(['ann', 'bob']);
    expect(appointment('ann', 'bob').fl & FLAG.compMany).not.toBe(0);
    expect(appointment('ann', 'bob').subj).toBeNull();
    expect(appointment('ann').subj).toBe(extractor.rid('Patient', 'ann'));
    expect(appointment('ann').fl).toBe(0);
  });

  it('are not entered by a reference that the compartment does not count', () => {
    expect(extract({ ...bloodPressure, subject: undefined, focus: [{ reference: 'Patient/bob' }] }).comp).toEqual([]);
  });
});

describe('the class of access', () => {
  const security = (code: string) => ({
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code }] },
  });

  it('holds the labels and the codes that scopes may name', () => {
    const values = extract({ ...bloodPressure, ...security('R') });
    expect(values.lv).toBe(4);
    expect(values.acTokens).toHaveLength(2);
    for (const token of values.acTokens) expect(values.h).toContain(token);
    expect(values.ac).toBe(values.ac | 0);
  });

  it('is the same for resources that differ in nothing of it', () => {
    expect(extract({ ...bloodPressure, status: 'amended', subject: undefined }).ac).toBe(extract(bloodPressure).ac);
    expect(extract({ ...bloodPressure, ...security('R') }).ac).not.toBe(extract(bloodPressure).ac);
    expect(extract({ ...bloodPressure, category: undefined }).ac).not.toBe(extract(bloodPressure).ac);
  });
});

describe('locks', () => {
  it('are those of the identifiers of the resource itself, sorted, each once', () => {
    const identifier = [
      { system: 'urn:a', value: '1' },
      { system: 'urn:b', value: '1' },
      { value: '2' },
      { system: 'urn:a' },
    ];
    const { locks } = extract({
      resourceType: 'Patient',
      identifier,
      managingOrganization: { identifier: { value: '3' } },
    });
    const expected = ['1', '2'].map((value) => extractor.hash(`lock|Patient|${value}`));
    expect(locks).toEqual(expected.sort((a, b) => (a < b ? -1 : 1)));
  });
});

const folder = sharedData('r4-examples/');

it.runIf(hasSharedData)('gives sound values for every example of R4', () => {
  let count = 0;
  for (const file of readdirSync(folder)) {
    const parsed = parseJson(readFileSync(new URL(file, folder), 'utf8').replace(/^\ufeff/, ''));
    const { resourceType, id } = parsed.value;
    if (!isResourceType(resourceType)) continue;
    const values = extractor.extract(resourceType, id ?? 'a', parsed, judge(resourceType, parsed).references);
    expect(new Set(values.h).size, file).toBe(values.h.length);
    for (const token of values.h) expect(BigInt.asIntN(64, token)).toBe(token);
    for (const { lo, hi } of [...values.dateRows, ...values.dates.filter((one) => one !== null)])
      expect(lo < hi, file).toBe(true);
    for (const [rows, hot] of [
      [values.dateRows, 'date'],
      [values.numRows, 'num'],
    ] as const) {
      expect(
        rows.every(({ k }) => Number.isSafeInteger(k)),
        hot,
      ).toBe(true);
    }
    count++;
  }
  expect(count).toBeGreaterThan(600);
});

it('never throws over strings that people may write', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(text, text, text, (family, value, system) => {
      const values = extract({
        resourceType: 'Patient',
        name: [{ family, given: [value] }],
        identifier: [{ system, value }],
        telecom: [{ system: 'phone', value }],
        generalPractitioner: [{ reference: system }],
        maritalStatus: { text: family },
      });
      expect(values.str!.startsWith('^')).toBe(true);
      expect(values.ids).toContainEqual(expect.objectContaining({ s: system, v: value }));
    }),
  );
});

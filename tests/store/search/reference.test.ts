import { describe, expect, it } from 'vitest';
import { openExtractor } from '../../../store/search/extract.ts';
import { ANY_REFERENCE, collectReference } from '../../../store/search/reference.ts';
import { searching } from '../../conformance/searching.ts';
import { extract, extractor, extractText, KEY } from './extracting.ts';

const observation = (id: string, subject: object, more = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'x' },
  subject,
  ...more,
});

const search = await searching([
  observation('local', { reference: 'Patient/7' }),
  observation('version', { reference: 'Patient/7/_history/2' }),
  observation('group', { reference: 'Group/7' }),
  observation('far', { reference: 'http://other.example/fhir/Patient/7' }),
  observation('farVersion', { reference: 'http://other.example/fhir/Patient/7/_history/3' }),
  observation('named', { reference: 'urn:uuid:0190f2a4-8a52-7c1c-b2f7-9a3b0e6d1c22' }),
  observation('known', { identifier: { system: 'urn:oid:1.2.3', value: 'A-1' }, type: 'Patient' }),
  observation(
    'performed',
    { display: 'somebody' },
    { performer: [{ reference: 'Practitioner/p' }, { reference: 'Patient/7' }] },
  ),
  {
    resourceType: 'QuestionnaireResponse',
    id: 'answers',
    status: 'completed',
    questionnaire: 'http://example.org/Questionnaire/q|1.0',
  },
]);

describe('a reference', () => {
  it.each([
    ['Observation?subject=Patient/7', ['local', 'version']],
    ['Observation?subject=7', ['group', 'local', 'version']],
    ['Observation?patient=7', ['local', 'version']],
    ['Observation?patient=Patient/7', ['local', 'version']],
    ['Observation?patient=Group/7', []],
    ['Observation?subject:Group=7', ['group']],
    ['Observation?subject:Patient=Group/7', []],
    ['Observation?subject=patient/7', []],
    ['Observation?subject=Patient/7/_history/2', ['version']],
    ['Observation?subject=Patient/8', []],
    ['Observation?subject=http://other.example/fhir/Patient/7', ['far', 'farVersion']],
    ['Observation?subject=http://other.example/fhir/Patient/7/_history/3', ['farVersion']],
    ['Observation?subject=urn:uuid:0190f2a4-8a52-7c1c-b2f7-9a3b0e6d1c22', ['named']],
    ['Observation?subject:identifier=urn:oid:1.2.3|A-1', ['known']],
    ['Observation?subject:identifier=A-1', ['known']],
    ['Observation?subject:identifier=|A-1', []],
    ['Observation?subject:identifier=urn:oid:1.2.3|', ['known']],
    ['Observation?performer=Patient/7', ['performed']],
    ['Observation?performer=Practitioner/p,Patient/7', ['performed']],
    ['Observation?performer=Practitioner/p&performer=Patient/7', ['performed']],
    ['Observation?patient:missing=true', ['group', 'named', 'performed']],
    ['Observation?performer:missing=false', ['performed']],
    ['QuestionnaireResponse?questionnaire=http://example.org/Questionnaire/q', ['answers']],
    ['QuestionnaireResponse?questionnaire=http://example.org/Questionnaire/q|1.0', ['answers']],
    ['QuestionnaireResponse?questionnaire=http://example.org/Questionnaire/q|2.0', []],
  ])('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual(ids));
});

it('is kept as a local one where it is below a base of this server', () => {
  const text = JSON.stringify(observation('o', { reference: 'https://vesta.example/fhir/Patient/7' }));
  const here = extractText(text, openExtractor(KEY, 'UTC', ['https://vesta.example/fhir']));
  expect(here.subj).toBe(extractor.rid('Patient', '7'));
  expect(here.comp).toEqual(['7']);
  expect(extractText(text).subj).toBeNull();
});

it('is found by "refers to this" wherever it stands', () => {
  const values = extract(
    observation('o', {}, { extension: [{ url: 'http://example.org/x', valueReference: { reference: 'Device/d' } }] }),
  );
  expect(values.h.slice(0, values.nr)).toEqual([extractor.rid('Device', 'd') ^ extractor.hash(ANY_REFERENCE)]);
});

it('leads to the resource that stands in a document itself', () => {
  const values = extract({
    resourceType: 'Bundle',
    type: 'document',
    entry: [{ resource: { resourceType: 'Composition', id: 'c' } }, { resource: { resourceType: 'Patient', id: 'p' } }],
  });
  const key = extractor.hash('ref|Bundle.entry[0].resource:reference');
  expect(values.h.slice(0, values.nr)).toEqual([extractor.rid('Composition', 'c') ^ key]);
});

it('is collected by a function made once for a slot', () => expect(collectReference).toBeTypeOf('function'));

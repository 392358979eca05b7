import { expect, it } from 'vitest';
import { keepLinks } from '../../../operations/bundle/typed-links.ts';

const URN = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
const links = new Map([[URN, 'Patient/anna']]);

const kept = (resource: { resourceType: string; [key: string]: unknown }) =>
  JSON.parse(keepLinks(JSON.stringify(resource), resource.resourceType, links));

it.each([
  [
    'a uri in an extension',
    { resourceType: 'Basic', extension: [{ url: 'http://hospital.example/a', valueUri: URN }] },
    { extension: [{ valueUri: 'Patient/anna' }] },
  ],
  [
    'a url of an attachment',
    { resourceType: 'DocumentReference', content: [{ attachment: { url: URN } }] },
    { content: [{ attachment: { url: 'Patient/anna' } }] },
  ],
  [
    'a list of uris',
    { resourceType: 'ActivityDefinition', library: [URN], meta: { source: URN } },
    { library: [URN], meta: { source: 'Patient/anna' } },
  ],
  [
    'a uuid',
    { resourceType: 'Parameters', parameter: [{ name: 'a', valueUuid: URN }] },
    { parameter: [{ valueUuid: 'Patient/anna' }] },
  ],
  [
    'a contained resource',
    {
      resourceType: 'List',
      contained: [{ resourceType: 'DocumentReference', content: [{ attachment: { url: URN } }] }],
    },
    { contained: [{ content: [{ attachment: { url: 'Patient/anna' } }] }] },
  ],
  [
    'href in narrative',
    { resourceType: 'Basic', text: { div: `<div><a class="x" href='${URN}'>x</a></div>` } },
    { text: { div: `<div><a class="x" href='Patient/anna'>x</a></div>` } },
  ],
])('replaces a link in %s', (_where, resource, expected) => {
  expect(kept(resource)).toMatchObject(expected);
});

it.each([
  ['text', { resourceType: 'Basic', extension: [{ url: 'http://hospital.example/a', valueString: URN }] }],
  ['a canonical', { resourceType: 'Basic', extension: [{ url: 'http://hospital.example/a', valueCanonical: URN }] }],
  ['words of narrative', { resourceType: 'Basic', text: { div: `<div title="${URN}">${URN}</div>` } }],
  ['a longer uri', { resourceType: 'Basic', extension: [{ url: 'http://hospital.example/a', valueUri: `${URN}x` }] }],
  ['an identifier value', { resourceType: 'Basic', identifier: [{ value: URN }] }],
])('leaves %s as it is', (_where, resource) => {
  expect(kept(resource)).toEqual(resource);
});

it('keeps the digits of what stands beside a link', () => {
  const text = `{"resourceType":"Observation","meta":{"source":"${URN}"},"valueQuantity":{"value":1.00}}`;
  expect(keepLinks(text, 'Observation', links)).toContain('"value":1.00');
});

it('leaves broken JSON and unknown types to those who tell them', () => {
  expect(keepLinks(`{"source":"${URN}",}`, 'Observation', links)).toBe(`{"source":"${URN}",}`);
  expect(keepLinks(`{"source":"${URN}"}`, 'Unknown', links)).toBe(`{"source":"${URN}"}`);
  expect(keepLinks(`{"resourceType":"Basic","text":"${URN}","extension":[null,7]}`, 'Basic', links)).toContain(URN);
});

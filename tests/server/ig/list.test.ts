import { expect, it } from 'vitest';
import { guidesText } from '../../../server/ig/list.ts';

const guide = {
  name: 'example.hospital',
  version: '1.0.0',
  canonical: undefined,
  title: 'How our hospital writes',
  depends: { 'hl7.terminology.r4': '5.0.0' },
  installed: '2026-03-01T10:20:30.000Z',
  members: 12,
  pinned: 10,
  changed: [{ type: 'ValueSet', id: 'chronic', url: undefined, version: undefined }],
};

it('tells of each guide what it brought, what was changed and what is missing', () => {
  const states = [{ state: 'active' }, { state: 'building' }, { state: 'unused' }] as never;
  expect(guidesText([guide], states)).toBe(`example.hospital@1.0.0  How our hospital writes
  12 definitions, 10 of them pinned; installed 2026-03-01 10:20 UTC
  1 changed or deleted since: ValueSet/chronic
  depends on what is not here: hl7.terminology.r4@5.0.0
Search parameters beside R4's own: 1 indexed, 1 being indexed.
`);
});

it('tells how to install one where there is none', () => {
  expect(guidesText([], [])).toBe('No guide is installed. `npm run ig -- add FILE.tgz` installs one.\n');
});

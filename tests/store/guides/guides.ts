/** Guides as the store takes them. */
import { createHash } from 'node:crypto';
import { parseJson } from '../../../resources/index.ts';
import type { GuideMember, GuidePackage } from '../../../store/index.ts';

export const BASE = 'http://hospital.example.org/guide';

interface Content {
  readonly resourceType: string;
  readonly id?: string;
  readonly url?: string;
  readonly version?: string;
  readonly [element: string]: unknown;
}

export function guide(name: string, version: string, resources: readonly Content[], depends = {}): GuidePackage {
  const members = resources.map(toMember);
  const hash = createHash('sha256')
    .update(members.map((one) => one.hash).join())
    .digest('hex');
  return { name, version, canonical: BASE, title: name, depends, hash, members };
}

function toMember(resource: Content): GuideMember {
  const { resourceType: type, id, url, version } = resource;
  const text = JSON.stringify(resource);
  const hash = createHash('sha256').update(text).digest('hex');
  const draft = (given: string) =>
    ({ type, id: given, method: 'PUT', parsed: parseJson(text), references: [] }) as const;
  return { type, ownId: id, url, version, hash, draft };
}

export const valueSet = (id: string, version: string, more: object = {}) => ({
  resourceType: 'ValueSet',
  id,
  url: `${BASE}/ValueSet/${id}`,
  version,
  status: 'active',
  compose: { include: [{ system: 'http://snomed.info/sct', concept: [{ code: '44054006' }] }] },
  ...more,
});

export const parameter = (id: string, version: string, more: object = {}) => ({
  resourceType: 'SearchParameter',
  id,
  url: `${BASE}/SearchParameter/${id}`,
  version,
  name: id,
  description: id,
  status: 'active',
  code: id,
  base: ['Patient'],
  type: 'string',
  expression: 'Patient.contact.name.family',
  ...more,
});

/** A code system in tables for the tests of this folder: wards, two of them in two places of the hierarchy. */
import type { CodeSystem } from 'fhir/r4.js';
import type { ConceptRow, SystemToLoad } from '../../../store/index.ts';

export const WARDS = 'http://hospital.example.org/CodeSystem/wards';

export const about: CodeSystem = { resourceType: 'CodeSystem', url: WARDS, status: 'active', content: 'complete' };

export function row(code: string, display: string, parents: string[] = [], more: Partial<ConceptRow> = {}): ConceptRow {
  const words = display.toLowerCase().split(' ');
  return { code, display, parents, inactive: false, abstract: false, words, ...more };
}

export const wardRows: ConceptRow[] = [
  row('spine', 'Spine surgery', ['neuro', 'ortho'], { property: [{ code: 'floor', valueInteger: 4 }] }),
  row('surgery', 'Surgery', [], { abstract: true, definition: 'Where people are operated on.' }),
  row('neuro', 'Neurosurgery', ['surgery'], { designation: [{ language: 'de', value: 'Neurochirurgie' }] }),
  row('ortho', 'Orthopaedic surgery', ['surgery'], { property: [{ code: 'floor', valueInteger: 2 }] }),
  row('medicine', 'Internal medicine', ['gone'], {
    inactive: true,
    property: [{ code: 'kind', valueCode: 'Old, large' }],
  }),
];

export function system(changes: Partial<SystemToLoad> = {}): SystemToLoad {
  return { url: WARDS, version: '1', identity: 'wards 1', about, isCaseless: false, isLarge: false, ...changes };
}

import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../operations/call.ts';
import { catalogueOf, loadCatalogue } from '../../operations/catalogue.ts';
import type { Operation } from '../../operations/operation.ts';
import { faultOf } from '../setup/fault.ts';

const operation = (id: string, code: string, types: string[], changes: Partial<Operation> = {}): Operation => ({
  id,
  code,
  title: code,
  description: code,
  levels: { type: true, instance: true },
  types,
  affectsState: false,
  verb: 'none',
  parameters: [],
  perform: async () => ({ status: 200 }),
  ...changes,
});
const all = [
  operation('ValueSet-validate-code', 'validate-code', ['ValueSet']),
  operation('CodeSystem-validate-code', 'validate-code', ['CodeSystem']),
  operation('ConceptMap-closure', 'closure', ['ConceptMap'], { levels: { system: true }, affectsState: true }),
  operation('Resource-validate', 'validate', ['Resource'], { levels: { system: true, type: true, instance: true } }),
];
const catalogue = catalogueOf(new Map(all.map((one) => [one.id, one])));
const find = (method: string, path: string) => catalogue.find(parseTarget(method, path)).id;

describe('an operation', () => {
  it.each([
    ['GET', 'ValueSet/$validate-code', 'ValueSet-validate-code'],
    ['POST', 'CodeSystem/7/$validate-code', 'CodeSystem-validate-code'],
    ['POST', '$closure', 'ConceptMap-closure'],
    ['HEAD', 'Patient/7/$validate', 'Resource-validate'],
    ['POST', '$validate', 'Resource-validate'],
  ])('is found at %s %s', (method, path, id) => expect(find(method, path)).toBe(id));

  it.each([
    ['$everything', 'GET metadata lists the operations that are.'],
    ['Patient/$valdate', 'Did you mean $validate?'],
    [
      'Patient/$validate-code',
      'Use ValueSet/$validate-code or ValueSet/[id]/$validate-code or CodeSystem/$validate-code or CodeSystem/[id]/$validate-code.',
    ],
    ['ConceptMap/7/$closure', 'Use $closure.'],
    ['$constructor', 'GET metadata lists the operations that are.'],
  ])('is not at %s, which is told with 404 and a hint', (path, hint) => {
    const fault = faultOf(() => find('POST', path));
    expect([fault.status, fault.findings[0]!.hint]).toEqual([404, hint]);
  });

  it('that changes something is refused by GET', () => {
    expect(faultOf(() => find('GET', '$closure')).headers.Allow).toBe('POST');
  });

  it('answers alone at its URL', () => {
    const twice = [...all, operation('ValueSet-extra-validate-code', 'validate-code', ['ValueSet'])];
    expect(() => catalogueOf(new Map(twice.map((one) => [one.id, one])))).toThrow('Two operations answer');
  });
});

describe('the catalogue', () => {
  it('tells what is offered for a type and for the system', () => {
    expect(catalogue.of('ValueSet').map(({ id }) => id)).toEqual(['ValueSet-validate-code', 'Resource-validate']);
    expect(catalogue.of(undefined).map(({ id }) => id)).toEqual(['ConceptMap-closure', 'Resource-validate']);
  });

  it('holds every file of its folder', async () => {
    expect([...(await loadCatalogue()).all.keys()]).toContain('Resource-validate');
  });
});

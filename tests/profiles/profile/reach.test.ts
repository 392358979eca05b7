import { describe, expect, it } from 'vitest';
import { Definitions } from '../../../profiles/profile/definitions.ts';
import { type Matcher, reachOf } from '../../../profiles/profile/reach.ts';
import { elementOf } from '../../../profiles/profile/tree.ts';
import { Walk } from '../../../profiles/profile/walk.ts';

const walk = new Walk(false, new Definitions(undefined), {});
const node = (type: string, name: string) => ({ name, element: elementOf(type, name)!.element });
const is =
  (wanted: unknown): Matcher =>
  (value) =>
    value === wanted;

describe('the values of an element', () => {
  it('are asked until one passes', () => {
    const given = reachOf(node('HumanName', 'given'));
    expect(given({ given: ['Ana', 'Maria'] }, is('Maria'), walk)).toBe('yes');
    expect(given({ given: ['Ana'] }, is('Maria'), walk)).toBe('no');
    expect(given({ family: 'Ruiz' }, is('Maria'), walk)).toBe('nothing');
    expect(given('Ana', is('Ana'), walk)).toBe('nothing');
  });

  it('are there too when only an extension is', () => {
    const beside: Matcher = (value, extra) => value === undefined && extra?.id === 'x';
    expect(reachOf(node('Patient', 'birthDate'))({ _birthDate: { id: 'x' } }, beside, walk)).toBe('yes');
  });

  it('of a choice come with their type', () => {
    const types: string[] = [];
    const value = reachOf(node('Observation', 'value'));
    value({ valueString: 'a' }, (_value, _beside, _walk, type) => types.push(type) === 0, walk);
    expect(types).toEqual(['string']);
  });

  it('of extensions count by url', () => {
    const extension = reachOf(node('Patient', 'extension'), 'urn:a');
    const any: Matcher = () => true;
    expect(extension({ extension: [{ url: 'urn:b' }] }, any, walk)).toBe('nothing');
    expect(extension({ extension: [{ url: 'urn:b' }, { url: 'urn:a' }] }, any, walk)).toBe('yes');
  });
});

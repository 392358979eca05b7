import { describe, expect, it } from 'vitest';
import { EXPANDED_MAX, expandValueSet, requireFilters } from '../../terminology/expansion.ts';
import { testContext } from '../setup/context.ts';
import { faultFrom, faultOf } from '../setup/fault.ts';
import { allWards, shelvesOf, WARDS, wards } from './double.ts';

const shelves = shelvesOf(wards, allWards);
const expand = (request: Parameters<typeof expandValueSet>[0]) => expandValueSet(request, shelves, testContext());
const codes = async (request: Parameters<typeof expandValueSet>[0]) =>
  (await expand(request)).expansion!.contains?.map(({ code }) => code) ?? [];

describe('an expansion', () => {
  it('lists the codes and what it stands on', async () => {
    const { expansion, compose, ...named } = await expand({ url: allWards.url! });
    expect(named).toEqual({
      resourceType: 'ValueSet',
      id: 'all-wards',
      url: allWards.url,
      version: '1',
      name: 'AllWards',
      status: 'active',
    });
    expect(compose).toBeUndefined();
    expect(expansion).toMatchObject({ total: 4, parameter: [{ name: 'used-codesystem', valueUri: `${WARDS}|3` }] });
    expect(expansion!.identifier).toMatch(/^urn:uuid:/);
  });

  it('tells a page, and how many there are in all', async () => {
    const { expansion } = await expand({ id: 'all-wards', count: 2, offset: 1 });
    expect(expansion).toMatchObject({ total: 4, offset: 1, contains: [{ code: 'neuro' }, { code: 'cardiac' }] });
    expect(await codes({ id: 'all-wards', count: 0 })).toEqual([]);
    expect(await codes({ id: 'all-wards', offset: 9 })).toEqual([]);
  });

  it('puts codes below each other where that is asked for', async () => {
    const { expansion } = await expand({ url: allWards.url!, excludeNested: false });
    expect(expansion!.contains).toMatchObject([{ code: 'surgery', contains: [{}, {}] }, { code: 'medicine' }]);
  });

  it('is made of a value set that was sent, of those sent with it, and of urls that say what they hold', async () => {
    const inner = {
      ...allWards,
      url: 'urn:inner',
      compose: { include: [{ system: WARDS, concept: [{ code: 'neuro' }] }] },
    };
    const outer = { ...allWards, url: 'urn:outer', compose: { include: [{ valueSet: ['urn:inner'] }] } };
    expect(await codes({ valueSet: outer, resources: [inner] })).toEqual(['neuro']);
    expect(await codes({ url: `${WARDS}?fhir_vs=isa/surgery` })).toEqual(['surgery', 'neuro', 'cardiac']);
  });

  it('takes the version of a system that is asked for', async () => {
    const request = { url: allWards.url!, checkedVersions: [`${WARDS}|4`] };
    expect((await faultFrom(expand(request))).kind).toBe('unprocessable');
    expect((await faultFrom(expand({ url: allWards.url!, forcedVersions: [`${WARDS}|4`] }))).message).toContain(
      'not at hand',
    );
    expect(await codes({ url: allWards.url!, systemVersions: [`${WARDS}|3`] })).toHaveLength(4);
  });
});

describe('a refusal', () => {
  it('says which value set is not there', async () => {
    expect((await faultFrom(expand({ url: 'http://hospital.example.org/none' }))).kind).toBe('not-found');
    expect((await faultFrom(expand({ id: 'none' }))).kind).toBe('not-found');
    expect((await faultFrom(expand({}))).kind).toBe('invalid-request');
    expect((await faultFrom(expand({ url: allWards.url!, version: '7' }))).kind).toBe('not-found');
  });

  it('tells of sets too large to be told at once', async () => {
    const many = { ...wards, concept: Array.from({ length: EXPANDED_MAX + 1 }, (_, i) => ({ code: `w${i}` })) };
    const large = shelvesOf(many, allWards);
    expect((await faultFrom(expandValueSet({ url: allWards.url! }, large, testContext()))).kind).toBe('too-costly');
    const page = await expandValueSet({ url: allWards.url!, count: 10 }, large, testContext());
    expect(page.expansion).toMatchObject({ total: EXPANDED_MAX + 1 });
  });

  it('names the filter that has no value', () => {
    const filter = [{ property: 'concept', op: 'is-a' as const, value: '' }];
    const fault = faultOf(() => requireFilters({ ...allWards, compose: { include: [{ system: WARDS, filter }] } }));
    expect(fault.findings[0]).toMatchObject({ expression: 'ValueSet.compose.include[0].filter[0]' });
  });
});

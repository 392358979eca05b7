/** Cases that others wrote: facts about string, token, uri and reference search, checked against the specification. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasSharedData, sharedData } from '../setup/shared-data.ts';
import { type Stored, searching } from './searching.ts';

const table = (name: string): any => JSON.parse(readFileSync(sharedData(`search-tables/${name}.json`), 'utf8'));

describe.runIf(hasSharedData)('shared tables', async () => {
  if (!hasSharedData) return;
  const [token, string, uri, reference] = ['token', 'string', 'uri', 'reference'].map(table);
  const stored = [...observations(), ...valueSets(uri.fixtures), ...patients(reference.fixtures), seattle()];
  const search = await searching(stored);
  const rows = (cases: readonly any[], ...members: string[]): any[][] =>
    cases.map((one) => members.map((member) => one[member]));
  const numbered = (ids: string[]) => ids.map((id) => Number(id.replace(/^\D+/, ''))).sort((a, b) => a - b);

  it.each(rows(token.cases, 'q', 'expect'))('Observation?value-concept=%s', async (...[q, expected]) => {
    expect(numbered(await search.ids(`Observation?value-concept=${q}`))).toEqual(expected);
    const others = Array.from({ length: 10 }, (_, i) => i).filter((i) => !expected.includes(i));
    expect(numbered(await search.ids(`Observation?value-concept:not=${q}`))).toEqual(others);
  });

  it.each(rows(token.textCases, 'q', 'expect'))('Observation?value-concept:text=%s', async (...[q, expected]) => {
    expect(numbered(await search.ids(`Observation?value-concept:text=${q}`))).toEqual(expected);
  });

  it.each(rows(string.cases, 'modifier', 'q', 'match'))(
    'Patient?address-city%s=%s',
    async (...[modifier, q, match]) => {
      expect(await search.ids(`Patient?address-city${modifier}=${q}`)).toEqual(match ? ['seattle'] : []);
    },
  );

  it.each(rows(uri.cases, 'modifier', 'q', 'expect'))('ValueSet?url%s=%s', async (...[modifier, q, expected]) => {
    expect(numbered(await search.ids(`ValueSet?url${modifier}=${encodeURIComponent(q)}`))).toEqual(expected);
  });

  // A reference without a type is none in R4, and is refused when it is written.
  const isStored = (index: number) => Object.values<string>(reference.fixtures[index])[0]!.includes('/');
  it.each(rows(reference.cases, 'q', 'expect'))('Patient?%s', async (...[q, expected]) => {
    const found = (await search.ids(`Patient?${q}`)).filter((id) => id !== 'seattle');
    expect(numbered(found)).toEqual(expected.filter(isStored));
  });
});

function observations(): Stored[] {
  const coding = (system: string | undefined, code: string, display?: string) => ({
    ...(system ? { system } : {}),
    code,
    ...(display ? { display } : {}),
  });
  const concepts: (object | undefined)[] = [
    { coding: [coding('system1', 'code1')] },
    { coding: [coding('system2', 'code2')] },
    { text: 'text' },
    { coding: [coding('system1', 'code2', 'text2')] },
    { coding: [coding('system3', 'code3', 'text')] },
    { text: 'text', coding: [coding('system1', 'code1'), coding('system3', 'code2')] },
    { coding: [coding('system2', 'code1'), coding('system3', 'code3', 'text2')] },
    { coding: [coding(undefined, 'code3')] },
    undefined,
    undefined,
  ];
  return concepts.map((valueCodeableConcept, index) => ({
    resourceType: 'Observation',
    id: `o${index}`,
    status: 'final',
    code: { text: 'Test' },
    ...(valueCodeableConcept ? { valueCodeableConcept } : {}),
    ...(index === 8 ? { category: [{ coding: [coding('system', 'test')] }] } : {}),
    ...(index === 9
      ? {
          identifier: [
            { system: 'test', value: 'VALUE' },
            { system: 'test', value: 'value' },
          ],
        }
      : {}),
  }));
}

function valueSets(urls: readonly string[]): Stored[] {
  return urls.map((url, index) => ({ resourceType: 'ValueSet', id: `v${index}`, status: 'active', url }));
}

function patients(fixtures: readonly Record<string, string>[]): Stored[] {
  return fixtures.flatMap((fixture, index) => {
    const [[path, reference]] = Object.entries(fixture) as [[string, string]];
    if (!reference.includes('/')) return [];
    const member = path.endsWith('managingOrganization')
      ? { managingOrganization: { reference } }
      : { generalPractitioner: [{ reference }] };
    return [{ resourceType: 'Patient', id: `p${index}`, ...member }];
  });
}

function seattle(): Stored {
  return { resourceType: 'Patient', id: 'seattle', address: [{ city: 'Seattle' }] };
}

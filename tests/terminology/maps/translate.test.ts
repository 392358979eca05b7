import type { ConceptMap } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { openMapShelf } from '../../../terminology/maps/library.ts';
import { type TranslateRequest, translate } from '../../../terminology/maps/translate.ts';
import { testContext } from '../../setup/context.ts';
import { faultFrom } from '../../setup/fault.ts';
import { LOCAL, LOINC, labToLoinc, mapShelfOf, roomOf } from './double.ts';

const shelf = mapShelfOf(labToLoinc);
const url = labToLoinc.url!;

async function ask(request: TranslateRequest, on = shelf) {
  const said = await translate(request, on, testContext());
  const matches = said.filter(({ name }) => name === 'match').map(({ part }) => part!);
  return {
    result: said[0]!.valueBoolean,
    message: said.find(({ name }) => name === 'message')?.valueString,
    matches: matches.map((parts) => {
      const concept = parts.find(({ name }) => name === 'concept')?.valueCoding;
      return [parts[0]!.valueCode, concept && `${concept.system}|${concept.code}`];
    }),
  };
}

it('translates by a map that is named by its url, its id, or sent along', async () => {
  const code = { system: LOCAL, code: 'HB' };
  const wanted = { result: true, message: undefined, matches: [['equal', `${LOINC}|718-7`]] };
  expect(await ask({ url, ...code })).toEqual(wanted);
  expect(await ask({ id: 'lab', coding: code })).toEqual(wanted);
  expect(
    await ask(
      { conceptMap: labToLoinc, codeableConcept: { coding: [{ system: 'urn:x', code: 'y' }, code] } },
      mapShelfOf(),
    ),
  ).toEqual(wanted);
});

it('translates by all maps that fit where none is named', async () => {
  expect((await ask({ system: LOCAL, code: 'HB' })).matches).toEqual([['equal', `${LOINC}|718-7`]]);
  expect((await ask({ system: LOCAL, code: 'HB', targetSystem: LOINC })).result).toBe(true);
  expect((await ask({ system: LOCAL, code: 'HB', targetSystem: 'http://snomed.info/sct' })).result).toBe(false);
  expect((await ask({ system: LOCAL, code: 'HB', source: 'http://hospital.example.org/ValueSet/lab' })).result).toBe(
    true,
  );
  expect(await ask({ system: LOCAL, code: 'HB', source: 'http://hospital.example.org/ValueSet/other' })).toEqual({
    result: false,
    message: `No translation of ${LOCAL}|HB: no concept map that is known here fits.`,
    matches: [],
  });
  expect((await ask({ system: 'http://hl7.org/fhir/administrative-gender', code: 'male' })).result).toBe(true);
});

it('translates back', async () => {
  expect((await ask({ url, system: LOINC, code: '718-7', reverse: true })).matches).toEqual([['equal', `${LOCAL}|HB`]]);
  const none = await ask({ url, system: LOINC, code: '1-1', reverse: true });
  expect(none.message).toBe(`No code that becomes ${LOINC}|1-1: the concept map ${url} says nothing of it.`);
});

it('tells what a translation depends on', async () => {
  const code = { url, system: LOCAL, code: 'GLU' };
  expect((await ask(code)).message).toContain('it depends on material: send it as `dependency`');
  const blood = { element: 'material', concept: { coding: [{ code: 'blood' }] } };
  expect((await ask({ ...code, dependencies: [blood] })).matches).toEqual([['narrower', `${LOINC}|2339-0`]]);
});

it('says no where the map says that nothing fits', async () => {
  expect(await ask({ url, system: LOCAL, code: 'OLD' })).toMatchObject({
    result: false,
    matches: [['unmatched', undefined]],
  });
});

it('does not use a map for another version of the system', async () => {
  const { sourceVersion: _, ...group } = labToLoinc.group![0]!;
  const conceptMap: ConceptMap = { ...labToLoinc, group: [{ ...group, sourceVersion: '5' }] };
  expect((await ask({ conceptMap, coding: { system: LOCAL, version: '4', code: 'HB' } })).result).toBe(false);
  expect((await ask({ conceptMap, coding: { system: LOCAL, version: '5', code: 'HB' } })).result).toBe(true);
  expect((await ask({ conceptMap, code: 'HB', system: LOCAL })).result).toBe(true);
});

describe('what a map does not have', () => {
  it('becomes what the map says of that', async () => {
    expect((await ask({ url, system: LOCAL, code: 'NEW' })).matches).toEqual([['inexact', `${LOINC}|56850-1`]]);
  });

  it('is looked for in the map to which it sends, and circles end', async () => {
    const sending = (id: string, to: string): ConceptMap => ({
      resourceType: 'ConceptMap',
      id,
      url: `http://hospital.example.org/ConceptMap/${id}`,
      status: 'active',
      group: [
        {
          source: LOCAL,
          target: LOINC,
          element: [{ code: id }],
          unmapped: { mode: 'other-map', url: to },
        },
      ],
    });
    const a = sending('a', 'http://hospital.example.org/ConceptMap/b');
    expect(
      (await ask({ url: a.url!, system: LOCAL, code: 'HB' }, mapShelfOf(a, sending('b', url), labToLoinc))).result,
    ).toBe(true);
    expect((await ask({ url: a.url!, system: LOCAL, code: 'HB' }, mapShelfOf(a, sending('b', a.url!)))).result).toBe(
      false,
    );
  });
});

it('refuses a map that is not there, and a code without system', async () => {
  expect(await faultFrom(ask({ url: `${url}|9`, system: LOCAL, code: 'HB' }))).toMatchObject({
    kind: 'not-found',
    findings: [{ hint: 'It is known in another version.' }],
  });
  expect(await faultFrom(ask({ id: 'none', system: LOCAL, code: 'HB' }))).toMatchObject({ kind: 'not-found' });
  expect(await faultFrom(ask({ url, code: 'HB' }))).toMatchObject({
    kind: 'invalid-request',
    message: 'There is no system to translate from.',
  });
});

it('asks anew when a map is changed meanwhile', async () => {
  const { room } = roomOf(labToLoinc);
  let changes = 1;
  const restless = openMapShelf({
    ...room,
    elements: (...asked) => (changes-- > 0 ? Promise.resolve(undefined) : room.elements(...asked)),
  });
  expect((await ask({ url, system: LOCAL, code: 'HB' }, restless)).result).toBe(true);
});

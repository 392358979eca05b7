import { describe, expect, it } from 'vitest';
import { findingsMax } from '../../profiles/account.ts';
import { judge } from '../../profiles/validate.ts';
import { parseJson } from '../../resources/index.ts';

/** The findings on a resource, each as its path and its text. */
function findings(resource: any): { at: string; text: string; hint: string }[] {
  const { findings: all } = judge(resource.resourceType, parseJson(JSON.stringify(resource)));
  return all.map(({ expression, text, hint }) => ({ at: expression!, text, hint: hint! }));
}

const observation = { resourceType: 'Observation', status: 'final', code: { text: 'Body weight' } };

describe('what is found, where, and in which words', () => {
  it.each<[string, any, string, string | RegExp]>([
    ['an unknown element', { resourceType: 'Patient', brithDate: '1974' }, 'Patient.brithDate', /`birthDate`/],
    [
      'an unknown element deep inside',
      { resourceType: 'Patient', contact: [{ name: { familiy: 'a' } }] },
      'Patient.contact[0].name.familiy',
      /`family`/,
    ],
    ['a choice without its type', { ...observation, value: 7 }, 'Observation.value', /valueQuantity/],
    ['a strange name', { resourceType: 'Patient', 'a b': 1 }, 'Patient.`a b`', /Its elements are/],
    ['an object for a list', { resourceType: 'Patient', name: { family: 'a' } }, 'Patient.name', /brackets/],
    [
      'a list for one',
      { resourceType: 'Patient', maritalStatus: [{ text: 'm' }] },
      'Patient.maritalStatus',
      /without brackets/,
    ],
    ['a list for one primitive', { resourceType: 'Patient', gender: ['male'] }, 'Patient.gender', /./],
    ['a string for an object', { ...observation, code: 'weight' }, 'Observation.code', /braces/],
    ['a string for a boolean', { resourceType: 'Patient', active: 'true' }, 'Patient.active', /without quotes/],
    ['null', { resourceType: 'Patient', birthDate: null }, 'Patient.birthDate', /Leave it out/],
    ['null for a list', { resourceType: 'Patient', name: null }, 'Patient.name', /Leave/],
    [
      'null in a list of objects',
      { resourceType: 'Patient', name: [{ family: 'a' }, null] },
      'Patient.name[1]',
      /Leave/,
    ],
    [
      'null without an extension beside it',
      { resourceType: 'Patient', name: [{ given: ['Peter', null] }] },
      'Patient.name[0].given[1]',
      /Leave/,
    ],
    ['an empty object', { resourceType: 'Patient', name: [{}] }, 'Patient.name[0]', /Leave/],
    ['an empty array', { resourceType: 'Patient', name: [] }, 'Patient.name', /Leave/],
    ['a missing element', { resourceType: 'Observation', status: 'final' }, 'Observation.code', /Add/],
    [
      'two types of one choice',
      { resourceType: 'Patient', deceasedBoolean: true, deceasedDateTime: '2020' },
      'Patient.deceased',
      /Remove/,
    ],
    [
      'a day that does not exist',
      { resourceType: 'Patient', birthDate: '2021-02-29' },
      'Patient.birthDate',
      /calendar/,
    ],
    ['an instant without a zone', { ...observation, issued: '2020-01-01T10:00:00' }, 'Observation.issued', /zone/],
    ['an empty string', { resourceType: 'Patient', name: [{ family: '' }] }, 'Patient.name[0].family', /no space/],
    ['a number out of range', { ...observation, valueInteger: 2147483648 }, 'Observation.value', /2147483647/],
    [
      'a code that is not in its set',
      { resourceType: 'Patient', gender: 'malee' },
      'Patient.gender',
      /Did you mean `male`/,
    ],
    [
      'a code of a list',
      { resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/1' }, category: ['food', 'drug'] },
      'AllergyIntolerance.category[1]',
      /medication/,
    ],
    ['a wrong id', { resourceType: 'Patient', id: 'a_b' }, 'Patient.id', /1 to 64/],
    [
      'a contained resource without id',
      { resourceType: 'Patient', contained: [{ resourceType: 'Organization', name: 'a' }] },
      'Patient.contained[0]',
      /#id/,
    ],
    [
      'a contained resource of no type',
      { resourceType: 'Patient', contained: [{ id: 'a' }] },
      'Patient.contained[0]',
      /types of R4/,
    ],
    [
      'a contained resource of a wrong type',
      { resourceType: 'Patient', contained: [{ resourceType: 'Pateint', id: 'a' }] },
      'Patient.contained[0]',
      /`Patient`/,
    ],
    [
      'a fault inside a Bundle',
      { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'Patient', active: 1 } }] },
      'Bundle.entry[0].resource.active',
      /quotes/,
    ],
    [
      'a fault inside Parameters',
      { resourceType: 'Parameters', parameter: [{ name: 'a', resource: { resourceType: 'Patient', active: 1 } }] },
      'Parameters.parameter[0].resource.active',
      /quotes/,
    ],
    [
      'a reference to the wrong type',
      { ...observation, subject: { reference: 'Medication/1' } },
      'Observation.subject.reference',
      /Patient/,
    ],
    [
      'an extension of a primitive that holds a value',
      { resourceType: 'Patient', _birthDate: { value: 'a' } },
      'Patient.birthDate.value',
      /id, extension/,
    ],
    [
      'an extension without url',
      { resourceType: 'Patient', extension: [{ valueString: 'a' }] },
      'Patient.extension[0].url',
      /Add/,
    ],
    [
      'an extension of an id',
      { resourceType: 'Patient', _id: { extension: [{ url: 'http://a', valueCode: 'b' }] } },
      'Patient._id',
      /./,
    ],
    [
      'lists of values and extensions of different length',
      { resourceType: 'Patient', name: [{ given: ['Peter'], _given: [{ id: 'a' }, { id: 'b' }] }] },
      'Patient.name[0].given',
      /same length/,
    ],
  ])('tells of %s', (_, resource, at, hint) => {
    const all = findings(resource);
    expect(all).toHaveLength(1);
    expect(all[0]!.at).toBe(at);
    expect(all[0]!.hint).toMatch(hint);
    expect(all[0]!.text).toMatch(/\.$/);
  });

  it('tells of a contained resource within a contained one, but lets a Bundle entry contain', () => {
    const inner = { resourceType: 'Organization', id: 'o', contained: [{ resourceType: 'Endpoint', id: 'e' }] };
    expect(findings({ resourceType: 'Patient', contained: [inner] }).map((it) => it.at)).toContain(
      'Patient.contained[0].contained[0]',
    );
    const organization = {
      resourceType: 'Organization',
      contained: [{ resourceType: 'Organization', id: 'p', name: 'Parent' }],
    };
    expect(findings({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: organization }] })).toEqual([]);
  });

  it('tells of every fault of one resource, in its order', () => {
    const all = findings({
      resourceType: 'Patient',
      name: [{ family: 'a' }, { given: [1, 'b', ''] }],
      gender: 'x',
      photo: [],
    });
    expect(all.map((it) => it.at)).toEqual([
      'Patient.name[1].given[0]',
      'Patient.name[1].given[2]',
      'Patient.gender',
      'Patient.photo',
    ]);
  });

  it('stops telling after a hundred', () => {
    expect(findings({ resourceType: 'Patient', name: Array.from({ length: 5000 }, () => ({})) })).toHaveLength(
      findingsMax,
    );
  });

  it('never repeats names, texts or other free content of a person', () => {
    const told = JSON.stringify(
      findings({
        resourceType: 'Patient',
        name: [{ family: ['Chalmers'] }],
        text: { status: 'generated', div: 'Chalmers' },
      }),
    );
    expect(told).not.toContain('Chalmers');
  });
});

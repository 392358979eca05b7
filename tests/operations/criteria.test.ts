import { describe, expect, it } from 'vitest';
import { criteriaOf, parseCriteria } from '../../operations/criteria.ts';
import { faultOf } from '../setup/fault.ts';

const where = 'If-None-Exist';

describe('criteria', () => {
  it.each([
    'identifier=http://hospital.example/mrn|C-1001',
    'Patient?identifier=http://hospital.example/mrn|C-1001',
    '?identifier=http://hospital.example/mrn%7CC-1001',
    ' identifier=http://hospital.example/mrn|C-1001 ',
  ])('are read from %j', (text) => {
    expect(parseCriteria('Patient', text, where)).toEqual({
      type: 'Patient',
      query: [['identifier', 'http://hospital.example/mrn|C-1001']],
      where,
    });
  });

  it('may have a question mark within a value', () => {
    expect(parseCriteria('ValueSet', 'url=http://terms.example/set?edition=2', where).query).toEqual([
      ['url', 'http://terms.example/set?edition=2'],
    ]);
  });

  it('are of the type that the request is for', () => {
    expect(faultOf(() => parseCriteria('Patient', 'Person?identifier=a|b', where)).message).toBe(
      'If-None-Exist: the criteria are for Person, but the request is for Patient.',
    );
  });

  it('keep every parameter, in order, repetitions included', () => {
    expect(
      criteriaOf(
        'Patient',
        [
          ['given', 'Anna'],
          ['given', 'Maria'],
          ['birthdate', '1984-03-05'],
        ],
        where,
      ).query,
    ).toEqual([
      ['given', 'Anna'],
      ['given', 'Maria'],
      ['birthdate', '1984-03-05'],
    ]);
  });

  it('do not have what the door obeys', () => {
    expect(
      criteriaOf(
        'Patient',
        [
          ['_format', 'json'],
          ['family', 'Keller'],
          ['_pretty', 'true'],
        ],
        where,
      ).query,
    ).toEqual([['family', 'Keller']]);
  });

  it.each(['', '   ', '?', 'Patient?', '_format=json', '_count=1', '_sort=family&_include=Patient:organization'])(
    'are refused where they select everything: %j',
    (text) => {
      const fault = faultOf(() => parseCriteria('Patient', text, where));
      expect(fault.kind).toBe('invalid-request');
      expect(fault.message).toContain('If-None-Exist: criteria are missing');
    },
  );

  it.each(['identifier=', 'family=Keller&birthdate=', 'identifier=%20'])(
    'are refused where one of them is empty, and so says nothing: %j',
    (text) => {
      expect(faultOf(() => parseCriteria('Patient', text, where)).message).toContain('have an empty value');
    },
  );
});

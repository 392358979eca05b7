import { describe, expect, it } from 'vitest';
import { sortKey } from '../../../store/search/sort-key.ts';
import { faultOf } from '../../setup/fault.ts';

describe('sortKey', () => {
  it('is a parameter of the type', () =>
    expect(sortKey(['Patient'], 'birthdate', true)).toMatchObject({ code: 'birthdate', descending: true }));

  it('is a parameter of those targets that have it', () => {
    const { code, targets } = sortKey(['Observation'], 'subject.family', false);
    expect([code, [...targets!.keys()]]).toEqual(['subject.family', ['Patient']]);
    expect([...sortKey(['Observation'], 'subject:Device.type', false).targets!.keys()]).toEqual(['Device']);
  });

  it('names what is wrong in the words of the caller', () => {
    expect(faultOf(() => sortKey(['Observation'], 'subject.famly', false)).findings[0]!.expression).toContain('famly');
    expect(faultOf(() => sortKey(['Basic'], 'subject.start', false)).findings[0]!.hint).toContain(':Patient');
    expect(faultOf(() => sortKey(['Organization'], 'partof.partof.partof.partof.name', false)).kind).toBe('too-costly');
  });
});

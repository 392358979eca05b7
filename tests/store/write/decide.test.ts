import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../resources/index.ts';
import type { Condition, Prepared } from '../../../store/records.ts';
import type { Current } from '../../../store/write/current.ts';
import { absentFault, conflictFault, decideUpdate, requireCondition } from '../../../store/write/decide.ts';

const content = { type: 'Patient', id: '7', method: 'PUT', body: '{"gender":"male"}', meta: undefined } as Prepared;
const current = (more: Partial<Current> = {}): Current => ({
  version: 4,
  lastUpdated: 0,
  deleted: false,
  method: 2,
  body: '{"gender":"female"}',
  meta: undefined,
  sides: undefined,
  ...more,
});
const refusal = (condition: Condition, stored: Current | undefined): Fault => {
  try {
    decideUpdate(content, condition, stored);
  } catch (error) {
    return error as Fault;
  }
  return expect.fail('nothing was refused');
};

describe('an update', () => {
  it('creates where there is nothing', () => {
    expect(decideUpdate(content, {}, undefined)).toEqual({ do: 'create' });
  });

  it('makes the next version of what differs and of a deletion', () => {
    const before = current();
    expect(decideUpdate(content, { ifMatch: 4 }, before)).toEqual({ do: 'update', before });
    const deleted = current({ deleted: true, body: '' });
    expect(decideUpdate(content, {}, deleted)).toEqual({ do: 'update', before: deleted });
  });

  it('does nothing where the content is there already, but not against its condition', () => {
    const same = current({ body: '{ "gender": "male" }' });
    expect(decideUpdate(content, {}, same)).toEqual({ do: 'nothing', current: same });
    expect(refusal({ ifMatch: 3 }, same).kind).toBe('version-conflict');
  });

  it('is refused where If-Match names another version, and told the current one', () => {
    expect(refusal({ ifMatch: 3 }, current()).message).toBe('Patient/7 is at version 4, not 3.');
    expect(refusal({ ifMatch: 3 }, undefined).message).toBe(absentFault('Patient', '7').message);
    expect(refusal({ ifMatch: '*' }, current({ deleted: true })).message).toBe('Patient/7 was deleted by version 4.');
  });

  it('brings a deletion back under If-Match of its own version', () => {
    expect(decideUpdate(content, { ifMatch: 4 }, current({ deleted: true, body: '' })).do).toBe('update');
  });

  it('is refused by If-None-Match: * where there is one, and not after a deletion', () => {
    expect(refusal({ ifNoneMatchAny: true }, current()).kind).toBe('precondition-failed');
    expect(decideUpdate(content, { ifNoneMatchAny: true }, current({ deleted: true })).do).toBe('update');
  });
});

it('holds conditions of deletions to the same rules', () => {
  expect(() => requireCondition('Patient', '7', {}, undefined)).not.toThrow();
  expect(() => requireCondition('Patient', '7', { ifMatch: 4 }, { version: 4, deleted: false })).not.toThrow();
  expect(() => requireCondition('Patient', '7', { ifMatch: 5 }, { version: 4, deleted: false })).toThrow(
    'is at version 4, not 5',
  );
});

it('tells of a conflict with any version', () => {
  expect(conflictFault('Patient', '7', '*', { version: 2, deleted: true })).toMatchObject({
    kind: 'version-conflict',
    status: 412,
  });
});

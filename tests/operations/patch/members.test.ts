import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draft, patchLimits } from '../../../operations/patch/draft.ts';
import {
  countMembers,
  hasMember,
  insertItem,
  putMember,
  removeItem,
  removeMember,
  replaceItem,
} from '../../../operations/patch/members.ts';
import { plain } from './parameters.ts';

const draftOf = (value: object) => new Draft(plain(value), patchLimits);
const entry = (value: unknown) => ({ value });

describe('a single element', () => {
  it('is put with what is beside it, replacing both', () => {
    const draft = draftOf({ birthDate: '1974', _birthDate: { id: 'a' } });
    putMember(draft, draft.root, 'birthDate', { value: entry('1975') });
    expect(draft.root).toEqual({ birthDate: '1975' });
    putMember(draft, draft.root, 'birthDate', { beside: entry({ id: 'b' }) });
    expect(draft.root).toEqual({ _birthDate: { id: 'b' } });
    expect([hasMember(draft.root, 'birthDate'), hasMember(draft.root, 'toString')]).toEqual([true, false]);
    removeMember(draft, draft.root, 'birthDate');
    expect(draft.root).toEqual({});
  });
});

describe('a repeating element', () => {
  it('is counted by the longer of its two sides', () => {
    expect(countMembers({ given: ['A'] }, 'given')).toBe(1);
    expect(countMembers({ _given: [null, { id: 'b' }] }, 'given')).toBe(2);
    expect(countMembers({ given: 'A' }, 'given')).toBe(0);
    expect(countMembers({}, 'constructor')).toBe(0);
  });

  it('gains the second side when an item has something beside it', () => {
    const draft = draftOf({ given: ['A', 'B'] });
    insertItem(draft, draft.root, 'given', 1, { value: entry('X'), beside: entry({ id: 'x' }) });
    expect(draft.root).toEqual({ given: ['A', 'X', 'B'], _given: [null, { id: 'x' }, null] });
    expect(removeItem(draft, draft.root, 'given', 1)).toEqual({
      value: { value: 'X', written: undefined },
      beside: { value: { id: 'x' }, written: undefined },
    });
    expect(draft.root).toEqual({ given: ['A', 'B'] });
  });

  it('stays in step through every change', () => {
    const occurrence = fc.record(
      { value: fc.constantFrom('A', 'B').map(entry), beside: fc.constantFrom('1', '2').map((id) => entry({ id })) },
      { requiredKeys: [] },
    );
    const some = occurrence.filter(({ value, beside }) => value !== undefined || beside !== undefined);
    const change = fc.tuple(fc.constantFrom('insert', 'replace', 'remove'), fc.nat(5), some);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const draft = draftOf({});
        const model: any[] = [];
        for (const [kind, at, one] of changes) {
          const told = [one.value?.value ?? null, one.beside?.value ?? null];
          if (kind === 'insert') {
            const index = at % (model.length + 1);
            insertItem(draft, draft.root, 'given', index, one);
            model.splice(index, 0, told);
          } else if (model.length > 0) {
            const index = at % model.length;
            if (kind === 'replace') replaceItem(draft, draft.root, 'given', index, one);
            else removeItem(draft, draft.root, 'given', index);
            model.splice(index, 1, ...(kind === 'replace' ? [told] : []));
          }
        }
        const side = (column: number) => model.map((item) => item[column]);
        const written = (list: any[]) => (list.some((item) => item !== null) ? list : undefined);
        expect([draft.root.given, draft.root._given]).toEqual([written(side(0)), written(side(1))]);
        expect(countMembers(draft.root, 'given')).toBe(model.length);
      }),
    );
  });
});

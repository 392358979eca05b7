import { describe, expect, it } from 'vitest';
import { Draft, patchLimits, writtenAt } from '../../../operations/patch/draft.ts';
import { parseJson, writeJson } from '../../../resources/json.ts';
import { faultOf, plain } from './parameters.ts';

const draftOf = (text: string) => new Draft(parseJson(text), patchLimits);
const textOf = (draft: Draft) => {
  const { value, digits } = draft.finish();
  return writeJson(value, digits);
};

describe('Draft', () => {
  it('keeps the digits of a list in step with its items', () => {
    const draft = draftOf('{"precision":[1.0,2.00,3.000]}');
    const list = draft.root.precision;
    draft.insert(list, 1, { value: 9.5, written: '9.50' });
    expect(textOf(draft)).toBe('{"precision":[1.0,9.50,2.00,3.000]}');
    expect(draft.remove(list, 0)).toEqual({ value: 1, written: '1.0' });
    expect(textOf(draft)).toBe('{"precision":[9.50,2.00,3.000]}');
    draft.insert(list, 1, { value: 7 });
    draft.remove(list, 2);
    expect(textOf(draft)).toBe('{"precision":[9.50,7,3.000]}');
  });

  it('forgets the digits of a number that is replaced', () => {
    const draft = draftOf('{"value":1.00}');
    draft.put(draft.root, 'value', { value: 1 });
    expect(textOf(draft)).toBe('{"value":1}');
  });

  it('takes copies that live on their own', () => {
    const draft = draftOf('{"a":{"value":1.00}}');
    const copy = draft.copyOf(draft.root, 'a', 2);
    draft.put(draft.root, 'b', copy);
    draft.put(draft.root.a, 'value', { value: 2 });
    expect(textOf(draft)).toBe('{"a":{"value":2},"b":{"value":1.00}}');
  });

  it('refuses a copy that would be nested too deeply', () => {
    const draft = new Draft(plain({ a: [{ b: 1 }] }), { ...patchLimits, depthMax: 3 });
    expect(draft.copyOf(draft.root, 'a', 2).value).toEqual([{ b: 1 }]);
    expect(faultOf(() => draft.copyOf(draft.root, 'a', 3)).kind).toBe('too-deep');
  });

  it('counts what is carried, characters too where they stay behind', () => {
    const draft = new Draft(plain({}), { ...patchLimits, carriedMax: 20 });
    draft.carry({ text: 'x'.repeat(100) }, false);
    expect(faultOf(() => draft.carry({ text: 'x'.repeat(100) }, true)).kind).toBe('too-costly');
  });

  it('removes what was emptied, upwards, and nothing that was empty before', () => {
    const draft = draftOf('{"a":{"b":[{"c":1}]},"d":{},"e":1}');
    draft.remove(draft.root.a.b[0], 'c');
    expect(textOf(draft)).toBe('{"d":{},"e":1}');
  });

  it('has no digits for what only every object inherits', () => {
    expect(
      writtenAt(parseJson('{"constructor":1,"value":1.0}').digits, { constructor: 1 }, 'constructor'),
    ).toBeUndefined();
  });
});

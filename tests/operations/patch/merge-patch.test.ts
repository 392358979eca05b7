import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePatch } from '../../../operations/patch/merge-patch.ts';
import { parseJson, writeJson } from '../../../resources/json.ts';
import { Fault } from '../../../resources/outcome.ts';
import { jsonValues, keys } from '../../setup/json-values.ts';

function merged(resource: string, patch: string): string {
  const result = mergePatch(parseJson(resource), parseJson(patch));
  return writeJson(result.value, result.digits);
}

const plain = (value: unknown) => ({ value, digits: undefined });

const coverage =
  '{"resourceType":"Coverage","id":"c1","status":"active","costToBeneficiary":[{"valueMoney":{"value":20.00,"currency":"EUR"}}],"order":1}';

describe('the examples of RFC 7396', () => {
  // The cases whose result is an object; FHIR drops what they leave empty, which the last two show.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [['a', 'b'], { a: 'b' }, { a: 'b' }],
    [{}, { a: { bb: 'x', c: null } }, { a: { bb: 'x' } }],
    [{ a: { b: 'c' } }, { a: { b: null } }, {}],
    [{}, { a: { bb: { ccc: null } } }, {}],
  ])('%j with %j is %j', (target, patch, expected) => {
    expect(mergePatch(plain(target), plain(patch)).value).toEqual(expected);
  });
});

describe('digits', () => {
  it('of what is untouched stay, of what the patch brings come in', () => {
    expect(merged(coverage, '{"status":"cancelled"}')).toBe(coverage.replace('active', 'cancelled'));
    const patch = '{"costToBeneficiary":[{"valueMoney":{"value":25.50,"currency":"EUR"}}]}';
    expect(merged(coverage, patch)).toBe(coverage.replace('20.00', '25.50'));
  });

  it('of a number go when another number takes its place', () => {
    expect(merged('{"value":{"value":1.00}}', '{"value":{"value":2}}')).toBe('{"value":{"value":2}}');
  });
});

describe('emptied elements', () => {
  it('leave the resource together with what only held them', () => {
    const patient = '{"resourceType":"Patient","maritalStatus":{"text":"married"},"gender":"male"}';
    expect(merged(patient, '{"maritalStatus":{"text":null}}')).toBe('{"resourceType":"Patient","gender":"male"}');
  });

  it('that the patch itself sends empty stay, so that the check refuses them', () => {
    expect(merged('{"resourceType":"Patient"}', '{"maritalStatus":{}}')).toContain('"maritalStatus":{}');
  });
});

describe('refusals', () => {
  it.each([[[]], ['text'], [null], [5]])('a patch that is no object: %j', (patch) => {
    expect(() => mergePatch(plain({ a: 1 }), plain(patch))).toThrow('A JSON Merge Patch of a resource is an object.');
  });

  it('a patch that nests deeper than any resource may', () => {
    let patch: unknown = { a: 1 };
    for (let level = 0; level < 200; level++) patch = { a: patch };
    expect(() => mergePatch(plain({}), plain(patch))).toThrow(Fault);
  });

  it('a member called __proto__ changes no prototype', () => {
    const patch = JSON.parse('{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}');
    const result = mergePatch(plain({ resourceType: 'Patient' }), plain(patch)).value;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(result.polluted).toBeUndefined();
    expect(({} as any).polluted).toBeUndefined();
  });
});

describe('for all documents', () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean());
  const { object } = fc.letrec((tie) => ({
    object: fc.dictionary(keys({ maxLength: 3 }), tie('node'), { minKeys: 1, maxKeys: 4 }),
    node: fc.oneof({ depthSize: 'small' }, leaf, fc.array(leaf, { minLength: 1 }), tie('object')),
  }));

  it('merging a document into nothing gives the document, and merging it again changes nothing', () => {
    fc.assert(
      fc.property(object, (it) => {
        const once = mergePatch(plain({}), plain(it));
        expect(once.value).toEqual(it);
        expect(mergePatch(once, plain(it)).value).toEqual(it);
      }),
    );
  });

  it('the inputs stay as they were', () => {
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        mergePatch(plain(target), plain(patch));
        expect(JSON.stringify([target, patch])).toBe(before);
      }),
    );
  });

  it('hostile patches give a result or a Fault', () => {
    fc.assert(
      fc.property(jsonValues(), jsonValues(), (target, patch) => {
        try {
          mergePatch(plain(target), plain(patch));
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digits, keepDigits, parseJson, writeJson, writtenNumber } from '../../resources/json.ts';
import { Fault, type FaultKind } from '../../resources/outcome.ts';

/** JSON numbers in every way of writing them, at most 1,000 digits when written out. */
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.bigInt({ min: 1n, max: 10n ** 24n }).map(String)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,30}$/)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?\d{1,2}$/)),
  )
  .map((parts) => parts.join(''));

/** JSON text with numbers as written, spaced in an unusual way. */
const text: fc.Arbitrary<string> = fc
  .letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      number,
      fc.string({ unit: 'grapheme' }).map((it) => JSON.stringify(it.replaceAll('\0', ' '))),
      fc.constantFrom('true', 'false', 'null', '[]', '{}'),
      fc.array(tie('value'), { maxLength: 4 }).map((items) => `[ ${items.join(' ,')}]`),
      tie('object'),
    ),
    object: fc
      .uniqueArray(fc.tuple(fc.stringMatching(/^[a-zA-Z_"\t é]{0,12}$/), tie('value')), {
        maxLength: 5,
        selector: ([key]) => key,
      })
      .map((members) => `{${members.map(([key, value]) => `\n${JSON.stringify(key)} :${value}`).join(',')}}`),
  }))
  .object.filter((it) => !it.includes('__proto__'));

function refusal(written: string): { kind: FaultKind; text: string; expression: string | undefined } {
  try {
    parseJson(written);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { kind: fault.kind, text: fault.message, expression: fault.findings[0]!.expression };
  }
  throw new Error('was accepted');
}

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(text, (written) => {
        expect(parseJson(written).value).toEqual(JSON.parse(written));
      }),
    );
  });

  it('keeps every digit, so that writing gives back what was read', () => {
    fc.assert(
      fc.property(text, (written) => {
        const parsed = parseJson(written);
        const again = writeJson(parsed.value, parsed.digits);
        expect(numbersOf(again)).toEqual(numbersOf(written));
        expect(JSON.parse(again)).toEqual(JSON.parse(written));
      }),
    );
  });

  it('needs no digits beside the value when the value says all', () => {
    expect(parseJson('{"value":6.3,"low":-12,"big":123456789012345,"small":0.000001}').digits).toBeUndefined();
  });

  it.each(['1.00', '0.10', '-0', '123456789012345678', '0.1234567890123456789', '1e2', '1E+2', '0.0000001', '1e999'])(
    'keeps %s as it was written',
    (written) => {
      const { value, digits } = parseJson(`{"valueQuantity":{"value":${written}}}`);
      expect(writtenNumber(value.valueQuantity, 'value', digits)).toBe(written);
    },
  );

  it('finds the members that the server owns, wherever they stand', () => {
    const written = '{ "active":true, "id" : "p1" ,"meta":{"id":"no"},\n"resourceType":"Patient" }';
    const { members } = parseJson(written);
    expect(written.slice(...members.id!)).toBe('"id" : "p1"');
    expect(written.slice(...members.meta!)).toBe('"meta":{"id":"no"}');
    expect(written.slice(...members.resourceType!)).toBe('"resourceType":"Patient"');
  });

  it('finds them under escaped names too', () => {
    const written = '{"\\u0069d":"p1","active":true}';
    expect(written.slice(...parseJson(written).members.id!)).toBe('"\\u0069d":"p1"');
  });

  it.each([
    ['', 'line 1, column 1'],
    ['{"resourceType":"Patient",}', 'line 1, column 27'],
    ['{\n  "resourceType": "Patient",\n  "active": tru\n}', 'line 3, column 13'],
    ['{"resourceType":"Patient"', 'line 1, column 26'],
    ['{"resourceType":"Patient"} {}', 'line 1, column 28'],
    ["{'resourceType':'Patient'}", 'line 1, column 2'],
  ])('refuses %j and tells the place', (written, place) => {
    expect(refusal(written)).toMatchObject({ kind: 'invalid-json', text: expect.stringContaining(place) });
  });

  it.each(['[]', 'null', '"Patient"', '7', 'true'])('refuses %s, which is no object', (written) => {
    expect(refusal(written).kind).toBe('invalid-json');
  });

  it('refuses a member that stands twice and names the object', () => {
    const written = '{"resourceType":"Patient","name":[{"family":"Chalmers"},{"family":"a","family":"b"}]}';
    expect(refusal(written)).toMatchObject({ kind: 'invalid-json', expression: 'Patient.name[1].family' });
    expect(refusal('{"name":[],"na\\u006de":[]}').text).toContain('`name`');
  });

  it('refuses the member that stands twice among thousands', () => {
    const members = Array.from({ length: 5000 }, (_, i) => `"k${i}":${i}`);
    expect(refusal(`{${[...members, '"k17":0'].join(',')}}`).text).toContain('`k17`');
    expect(parseJson(`{${members.join(',')}}`).value.k4999).toBe(4999);
  });

  it('refuses a key with a backslash, which no element has, so that no two keys are taken for each other', () => {
    for (const written of ['{"resourceType":"Patient","\\\\":1}', '{"name":[{"a\\u005cb":1}]}']) {
      expect(refusal(written)).toMatchObject({ kind: 'invalid-structure', text: expect.stringContaining('backslash') });
    }
    expect(parseJson('{"é":1,"\\"":2,"\\t":3}').value).toEqual({ é: 1, '"': 2, '\t': 3 });
  });

  it('reads or refuses a key with an escape, also where other texts had keys with a backslash', () => {
    const written = '{"éé" :1,"\\"" :{"value":0.10}," " :1}';
    for (let i = 0; i < 2000; i++) {
      JSON.parse(`{"éé" :1,"\\\\" :{"value":${i}}," " :1}`);
      try {
        const { value, digits } = parseJson(written);
        expect(writtenNumber(value['"'], 'value', digits)).toBe('0.10');
      } catch (fault) {
        expect(fault).toMatchObject({ kind: 'invalid-structure' });
      }
    }
  });

  it('refuses __proto__ however it is written, and pollutes nothing', () => {
    for (const key of ['__proto__', '\\u005f_proto__']) {
      expect(refusal(`{"a":{"${key}":{"admin":true}}}`)).toMatchObject({ kind: 'invalid-structure' });
    }
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  it.each(['{"a":"\\ud800"}', '{"a":"\\udc00\\ud800"}', '{"a":"\ud83d"}', '{"a":"x\\u0000"}'])(
    'refuses %j, which holds half a character or NUL',
    (written) => {
      expect(refusal(written)).toMatchObject({ kind: 'invalid-json', text: expect.stringContaining('line 1, column') });
    },
  );

  it('accepts whole characters beyond 16 bits and a backslash before u0000', () => {
    expect(parseJson('{"a":"\\ud83d\\ude00","b":"😀","c":"\\\\u0000"}').value).toEqual({
      a: '😀',
      b: '😀',
      c: '\\u0000',
    });
  });

  it('refuses a number of more than 1,000 digits without writing it out', () => {
    for (const written of ['1e1000', '1e-1000', '1e999999999999', `1${'0'.repeat(1000)}`, `0.${'1'.repeat(1000)}`]) {
      expect(refusal(`{"valueDecimal":${written}}`)).toMatchObject({
        kind: 'invalid-value',
        expression: 'Resource.valueDecimal',
      });
    }
    expect(parseJson('{"valueDecimal":1e999}').value.valueDecimal).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses what is nested too deep, and a million brackets as quickly', () => {
    expect(parseJson(`${'{"a":'.repeat(99)}{}${'}'.repeat(99)}`).value.a).toBeDefined();
    expect(refusal(`${'{"a":'.repeat(100)}{}${'}'.repeat(100)}`).kind).toBe('too-deep');
    expect(refusal('['.repeat(1_000_000)).kind).toBe('too-deep');
  });

  it('refuses a string longer than the limit and says where', () => {
    const limits = { depthMax: 100, digitsMax: 1000, stringLengthMax: 1000 };
    const written = (length: number) => `{"resourceType":"Binary","data":"${'A'.repeat(length)}"}`;
    expect(parseJson(written(1000), limits).value.data).toHaveLength(1000);
    expect(() => parseJson(written(1001), limits)).toThrow(Fault);
    expect(refusal(written(16 * 2 ** 20 + 1))).toMatchObject({ kind: 'too-large', expression: 'Binary.data' });
  });

  it('reads texts longer than its window, with keys, strings and numbers across every border', () => {
    for (const shift of [0, 1, 2, 3, 5, 7, 11, 17, 39, 40, 41, 43]) {
      const item = `{"code":"${'x'.repeat(shift)}","note":"a \\"quoted\\" word and a long tail beyond the short strings","value":1.50}`;
      const { value, digits } = parseJson(`{"item":[${Array.from({ length: 900 }, () => item).join(',')}]}`);
      expect(value.item).toHaveLength(900);
      expect(value.item.every((it: any) => writtenNumber(it, 'value', digits) === '1.50')).toBe(true);
    }
  });
});

describe('writeJson', () => {
  it('writes digits that were noted for a value put together anew', () => {
    const digits: Digits = new Map();
    const quantity = { value: 1, unit: 'mg' };
    keepDigits(digits, quantity, 'value', '1.00');
    expect(writeJson({ dose: [quantity], absent: undefined }, digits)).toBe('{"dose":[{"value":1.00,"unit":"mg"}]}');
  });
});

function numbersOf(json: string): string[] {
  const strings = /"(?:[^"\\]|\\.)*"/gs;
  return json.replace(strings, '""').match(/-?\d[\d.eE+-]*/g) ?? [];
}

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../../operations/patch/draft.ts';
import { jsonPatch } from '../../../operations/patch/json-patch.ts';
import { parseJson, writeJson, writtenNumber } from '../../../resources/json.ts';
import { Fault } from '../../../resources/outcome.ts';
import { jsonValues, keys } from '../../setup/json-values.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';

const casesFile = sharedData('patch-tests/json-patch-tests.json');

/** JSON text of any kind with its digits: parseJson alone takes objects only. */
function content(text: string): Content {
  const { value, digits } = parseJson(`{"it":${text}}`);
  return { value: value.it, digits };
}

function patched(resource: string, patch: string): string {
  const result = jsonPatch(content(resource), content(patch));
  return writeJson(result.value, result.digits);
}

function faultOf(action: () => unknown): Fault {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('No fault was raised.');
}

const patient = `{"resourceType":"Patient","id":"p1","active":true,"name":[{"use":"official","family":"Chalmers",
 "given":["Peter","James"]},{"use":"usual","given":["Jim"]}],"gender":"male","birthDate":"1974-12-25","deceasedBoolean":false}`;

const glucose = `{"resourceType":"Observation","id":"g1","status":"final","code":{"text":"Glucose"},
 "valueQuantity":{"value":6.30,"unit":"mmol/l"},"referenceRange":[{"low":{"value":3.10},"high":{"value":6.20}}]}`;

describe.runIf(hasSharedData)('the public JSON Patch cases', () => {
  const cases = hasSharedData ? JSON.parse(readFileSync(casesFile, 'utf8')) : [];
  for (const { comment, doc, patch, expected, error } of cases) {
    it(`${error ? 'refuses' : 'carries out'}: ${comment}`, () => {
      const run = () => jsonPatch({ value: doc, digits: undefined }, { value: patch, digits: undefined }).value;
      if (error) expect(faultOf(run).status).toBeOneOf([400, 409]);
      else expect(run()).toEqual(expected);
    });
  }
});

describe('add', () => {
  it('adds a member', () => {
    expect(JSON.parse(patched(patient, '[{"op":"add","path":"/language","value":"de"}]')).language).toBe('de');
  });

  it('replaces a member that is there', () => {
    expect(JSON.parse(patched(patient, '[{"op":"add","path":"/gender","value":"other"}]')).gender).toBe('other');
  });

  it('puts an item before another, and with "-" behind the last', () => {
    const patch = `[{"op":"add","path":"/name/0/given/1","value":"John"},{"op":"add","path":"/name/0/given/-","value":"Sr"}]`;
    expect(JSON.parse(patched(patient, patch)).name[0].given).toEqual(['Peter', 'John', 'James', 'Sr']);
  });

  it('refuses an index behind the end, saying how long the list is', () => {
    const fault = faultOf(() => patched(patient, '[{"op":"add","path":"/name/3","value":{"text":"x"}}]'));
    expect(fault.status).toBe(400);
    expect(fault.message).toBe('patch[0] (add /name/3): the list has 2 items.');
    expect(fault.findings[0]?.expression).toBe('Patient.name[3]');
  });

  it.each(['01', '-1', '1.0', '1e0', ' 1', ''])('refuses the list index "%s"', (index) => {
    const patch = JSON.stringify([{ op: 'add', path: `/name/${index}`, value: { text: 'x' } }]);
    expect(faultOf(() => patched(patient, patch)).status).toBe(400);
  });

  it('makes no parents', () => {
    const fault = faultOf(() => patched(patient, '[{"op":"add","path":"/maritalStatus/text","value":"married"}]'));
    expect(fault.message).toBe('patch[0] (add /maritalStatus/text): there is nothing at /maritalStatus.');
    expect(fault.findings[0]?.hint).toContain('makes no parents');
  });

  it('finds nothing inside a plain value', () => {
    const fault = faultOf(() => patched(patient, '[{"op":"add","path":"/gender/text","value":"x"}]'));
    expect(fault.message).toBe('patch[0] (add /gender/text): /gender holds nothing.');
  });
});

describe('remove', () => {
  it('changes a choice when removed and added as another type', () => {
    const patch = `[{"op":"remove","path":"/deceasedBoolean"},{"op":"add","path":"/deceasedDateTime","value":"2020-05-01"}]`;
    const result = JSON.parse(patched(patient, patch));
    expect(result).not.toHaveProperty('deceasedBoolean');
    expect(result.deceasedDateTime).toBe('2020-05-01');
  });

  it('takes away a list with its last item, for FHIR has no empty list', () => {
    const patch = '[{"op":"remove","path":"/name/0"},{"op":"remove","path":"/name/0"}]';
    expect(JSON.parse(patched(patient, patch))).not.toHaveProperty('name');
  });

  it('takes away an object with its last member, and what only held that', () => {
    expect(
      JSON.parse(patched(patient, '[{"op":"remove","path":"/name/1/use"},{"op":"remove","path":"/name/1/given/0"}]'))
        .name,
    ).toHaveLength(1);
  });

  it('lets a list be emptied and filled again', () => {
    const patch = `[{"op":"remove","path":"/name/1"},{"op":"remove","path":"/name/0"},{"op":"add","path":"/name/-","value":{"text":"Jim"}}]`;
    expect(JSON.parse(patched(patient, patch)).name).toEqual([{ text: 'Jim' }]);
  });

  it('keeps the list beside primitives as long as it was', () => {
    const given = '{"resourceType":"Patient","name":[{"given":["A","B"],"_given":[{"id":"a"},{"id":"b"}]}]}';
    const one = JSON.parse(patched(given, '[{"op":"remove","path":"/name/0/_given/0/id"}]'));
    expect(one.name[0]._given).toEqual([null, { id: 'b' }]);
    const both = `[{"op":"remove","path":"/name/0/_given/0/id"},{"op":"remove","path":"/name/0/_given/1/id"}]`;
    expect(JSON.parse(patched(given, both)).name[0]).toEqual({ given: ['A', 'B'] });
  });

  it('leaves an empty value that the patch put in, so that the check refuses it', () => {
    expect(JSON.parse(patched(patient, '[{"op":"add","path":"/contact","value":[]}]')).contact).toEqual([]);
  });

  it('refuses what is not there', () => {
    const fault = faultOf(() => patched(patient, '[{"op":"remove","path":"/maritalStatus"}]'));
    expect(fault.message).toBe('patch[0] (remove /maritalStatus): there is nothing at /maritalStatus.');
    expect(fault.findings[0]?.expression).toBe('Patient.maritalStatus');
  });

  it('refuses the resource itself', () => {
    expect(faultOf(() => patched(patient, '[{"op":"remove","path":""}]')).message).toContain(
      'cannot remove the resource',
    );
  });
});

describe('replace', () => {
  it('changes one member and leaves all else as it was written', () => {
    const before = glucose.replace(/\s+/g, '');
    expect(patched(glucose, '[{"op":"replace","path":"/status","value":"amended"}]').replace(/\s+/g, '')).toBe(
      before.replace('"final"', '"amended"'),
    );
  });

  it('does not add', () => {
    const fault = faultOf(() => patched(patient, '[{"op":"replace","path":"/language","value":"de"}]'));
    expect(fault.status).toBe(400);
    expect(fault.findings[0]?.hint).toContain('`add`');
  });
});

describe('move and copy', () => {
  it('moves a value within a list, the target counted after the removal', () => {
    const patch = '[{"op":"move","from":"/name/0","path":"/name/1"}]';
    expect(JSON.parse(patched(patient, patch)).name[1].family).toBe('Chalmers');
  });

  it('copies without tying the copy to the original', () => {
    const patch = `[{"op":"copy","from":"/name/0","path":"/name/-"},{"op":"replace","path":"/name/2/family","value":"Windsor"}]`;
    const { name } = JSON.parse(patched(patient, patch));
    expect([name[0].family, name[2].family]).toEqual(['Chalmers', 'Windsor']);
  });

  it('carries the digits along', () => {
    const patch = `[{"op":"copy","from":"/valueQuantity/value","path":"/referenceRange/0/low/value"},
      {"op":"move","from":"/referenceRange/0/high","path":"/referenceRange/0/low"}]`;
    expect(patched(glucose, patch)).toContain('"referenceRange":[{"low":{"value":6.20}}]');
  });

  it('refuses to move a value into itself', () => {
    const fault = faultOf(() => patched(patient, '[{"op":"move","from":"/name","path":"/name/0/given"}]'));
    expect(fault.message).toContain('into itself');
  });

  it('refuses copies that double beyond the limit', () => {
    const double = Array.from({ length: 40 }, () => ({ op: 'copy', from: '/name', path: '/name/-' }));
    expect(faultOf(() => patched(patient, JSON.stringify(double))).kind).toBeOneOf(['too-costly', 'too-deep']);
    const flat = Array.from({ length: 60 }, (_, n) => ({ op: 'copy', from: '', path: `/x${n}` }));
    expect(faultOf(() => patched(patient, JSON.stringify(flat))).kind).toBeOneOf(['too-costly', 'too-deep']);
  });

  it('refuses to nest deeper than any resource may be', () => {
    const deeper = Array.from({ length: 120 }, (_, n) => ({ op: 'add', path: '/a'.repeat(n + 1), value: {} }));
    expect(faultOf(() => patched('{}', JSON.stringify(deeper))).kind).toBe('too-deep');
  });
});

describe('test', () => {
  it('compares numbers by value, not by digits', () => {
    expect(patched(glucose, '[{"op":"test","path":"/valueQuantity/value","value":6.3}]')).toContain('6.30');
    expect(patched(glucose, '[{"op":"test","path":"/valueQuantity/value","value":63.000e-1}]')).toContain('6.30');
  });

  it('tells two numbers apart that a double cannot', () => {
    const doc = '{"value":0.1234567890123456789}';
    expect(faultOf(() => patched(doc, '[{"op":"test","path":"/value","value":0.1234567890123456788}]')).status).toBe(
      409,
    );
    expect(patched(doc, '[{"op":"test","path":"/value","value":0.12345678901234567890}]')).toBe(doc);
  });

  it('compares objects whatever the order of their members, lists in order', () => {
    const test = (value: unknown) => patched(patient, JSON.stringify([{ op: 'test', path: '/name/1', value }]));
    expect(test({ given: ['Jim'], use: 'usual' })).toContain('Jim');
    expect(faultOf(() => test({ given: ['Jim'], use: 'usual', text: 'Jim' })).status).toBe(409);
    expect(faultOf(() => test([])).status).toBe(409);
  });

  it('answers 409 without quoting the value that is there', () => {
    const fault = faultOf(() => patched(patient, '[{"op":"test","path":"/birthDate","value":"1975-12-25"}]'));
    expect([fault.status, fault.kind]).toEqual([409, 'conflict']);
    expect(JSON.stringify(fault.findings)).not.toContain('1974');
  });

  it('answers 409 when nothing is there to be compared', () => {
    expect(faultOf(() => patched(patient, '[{"op":"test","path":"/language","value":"de"}]')).status).toBe(409);
  });
});

describe('a patch that is none', () => {
  it.each([
    ['{"op":"remove","path":"/gender"}', 'A JSON Patch is an array of operations.'],
    ['[5]', 'patch[0] is not an operation.'],
    ['[null]', 'patch[0] is not an operation.'],
    ['[{"path":"/gender"}]', 'patch[0] has no `op` that JSON Patch knows.'],
    ['[{"op":"delete","path":"/gender"}]', 'patch[0] has no `op` that JSON Patch knows.'],
    ['[{"op":"constructor","path":"/gender"}]', 'patch[0] has no `op` that JSON Patch knows.'],
    ['[{"op":"remove"}]', 'patch[0] (remove) has no `path`.'],
    ['[{"op":"remove","path":5}]', 'patch[0] (remove) has no `path`.'],
    ['[{"op":"remove","path":"gender"}]', 'patch[0] (remove): the `path` does not begin with a slash.'],
    ['[{"op":"remove","path":"/a~2"}]', 'patch[0] (remove): the `path` has a lone `~`.'],
    ['[{"op":"add","path":"/gender"}]', 'patch[0] (add) has no `value`.'],
    ['[{"op":"move","path":"/gender"}]', 'patch[0] (move) has no `from`.'],
  ])('is refused with a sentence: %s', (patch, message) => {
    const fault = faultOf(() => patched(patient, patch));
    expect([fault.status, fault.message]).toEqual([400, message]);
    expect(fault.findings[0]?.hint).toBeTruthy();
  });

  it('leaves nothing half done when a later operation fails', () => {
    const resource = content(patient);
    const patch = '[{"op":"remove","path":"/gender"},{"op":"remove","path":"/nowhere"}]';
    expect(faultOf(() => jsonPatch(resource, content(patch))).message).toContain('patch[1]');
    expect(resource.value.gender).toBe('male');
  });
});

describe('prototypes', () => {
  it.each(['/__proto__/polluted', '/constructor/prototype/polluted', '/name/__proto__/polluted', '/toString'])(
    'are not reached by %s',
    (path) => {
      const patch = { value: [{ op: path === '/toString' ? 'remove' : 'add', path, value: 'yes' }], digits: undefined };
      expect(faultOf(() => jsonPatch(content(patient), patch)).status).toBe(400);
      expect(({} as any).polluted).toBeUndefined();
    },
  );

  it('stay what they are when a patch adds a member of that name', () => {
    const value = [{ op: 'add', path: '/__proto__', value: { polluted: 'yes' } }];
    const result = jsonPatch(content(patient), { value, digits: undefined });
    expect(result.value.polluted).toBeUndefined();
    expect(Object.getPrototypeOf(result.value)).toBe(Object.prototype);
    expect(Object.keys(result.value)).toContain('__proto__');
  });
});

const scalar = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.boolean(),
  fc.constantFrom('0.10', '1.00', '-12.5000', '100', '1.234567890123456789').map((written) => ({ written })),
);
const key = keys({ maxLength: 5 });
const { document } = fc.letrec((tie) => ({
  document: fc.dictionary(key, tie('node'), { minKeys: 1, maxKeys: 5 }),
  node: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
    tie('document'),
  ),
}));

/** Writes `{ written }` as the number; `__proto__` is the parser's to refuse. */
function toText(value: any): string {
  if (Array.isArray(value)) return `[${value.map(toText).join(',')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  if (typeof value.written === 'string' && Object.keys(value).length === 1) return value.written;
  const members = Object.keys(value).filter((key) => key !== '__proto__');
  return `{${members.map((key) => `${JSON.stringify(key)}:${toText(value[key])}`).join(',')}}`;
}

/** Holder and key of every value in the document, with the JSON Pointer to it. */
function placesOf(holder: any, path = ''): { holder: any; key: string; path: string }[] {
  if (typeof holder !== 'object' || holder === null) return [];
  return Object.keys(holder).flatMap((key) => {
    const here = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [{ holder, key, path: here }, ...placesOf(holder[key], here)];
  });
}

/** A reading of JSON text that shares nothing with ours: numbers as written, members sorted. */
function canonical(text: string): string {
  const exact = JSON.parse(text, (_key, value, context?: { source: string }) =>
    typeof value === 'number' ? { number: context!.source } : value,
  );
  return JSON.stringify(exact, (_key, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
      : value,
  );
}

describe('for every document', () => {
  it('an empty patch gives back what was written, digit for digit', () => {
    fc.assert(
      fc.property(document, (it) => {
        expect(canonical(patched(toText(it), '[]'))).toBe(canonical(toText(it)));
      }),
    );
  });

  it('a removal undone by an addition gives the document back, and changes no input', () => {
    fc.assert(
      fc.property(document, fc.nat(), (it, pick) => {
        const text = toText(it);
        const before = content(text);
        const places = placesOf(before.value);
        const place = places[pick % Math.max(1, places.length)];
        fc.pre(place !== undefined);
        const value = place.holder[place.key];
        const written =
          typeof value === 'number'
            ? writtenNumber(place.holder, place.key, before.digits)
            : writeJson(value, before.digits);
        const path = JSON.stringify(place.path);
        const patch = `[{"op":"remove","path":${path}},{"op":"add","path":${path},"value":${written}}]`;
        const result = jsonPatch(before, content(patch));
        expect(canonical(writeJson(result.value, result.digits))).toBe(canonical(text));
        expect(canonical(writeJson(before.value, before.digits))).toBe(canonical(text));
      }),
    );
  });

  it('moving a value away and back keeps every digit', () => {
    fc.assert(
      fc.property(document, fc.nat(), (it, pick) => {
        const text = toText(it);
        const places = placesOf(content(text).value).filter(({ path }) => !path.startsWith('/aside'));
        const place = places[pick % Math.max(1, places.length)];
        fc.pre(place !== undefined);
        const patch = [
          { op: 'add', path: '/aside', value: ['first'] },
          { op: 'move', from: place.path, path: '/aside/0' },
          { op: 'copy', from: '/aside/0', path: '/aside/1' },
          { op: 'move', from: '/aside/1', path: place.path },
          { op: 'remove', path: '/aside' },
        ];
        fc.pre(!Object.hasOwn(content(text).value, 'aside'));
        expect(canonical(patched(text, JSON.stringify(patch)))).toBe(canonical(text));
      }),
    );
  });
});

describe('for every hostile patch', () => {
  const token = fc.constantFrom(
    '',
    '0',
    '1',
    '-',
    'name',
    'given',
    '__proto__',
    'constructor',
    'length',
    '~0',
    '~',
    '00',
    '1e9',
  );
  const pointer = fc.oneof(
    fc.array(token, { maxLength: 6 }).map((tokens) => tokens.map((it) => `/${it}`).join('')),
    jsonValues(),
  );
  const operation = fc.oneof(
    fc.record(
      {
        op: fc.oneof(fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'), jsonValues()),
        path: pointer,
        from: pointer,
        value: jsonValues(),
      },
      { requiredKeys: [] },
    ),
    jsonValues(),
  );

  it('the answer is a result or a Fault, the resource unchanged, no prototype touched', () => {
    const resource = content(patient);
    const before = JSON.stringify(resource.value);
    const names = Object.getOwnPropertyNames(Object.prototype).length;
    fc.assert(
      fc.property(fc.oneof(fc.array(operation, { maxLength: 8 }), jsonValues()), (value) => {
        try {
          jsonPatch(resource, { value, digits: undefined });
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
        expect(JSON.stringify(resource.value)).toBe(before);
        expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(names);
      }),
      { numRuns: 500 },
    );
  });
});

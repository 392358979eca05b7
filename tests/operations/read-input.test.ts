import { describe, expect, it } from 'vitest';
import { type Call, parseQuery } from '../../operations/call.ts';
import { defineOperation, type ParameterDefinition } from '../../operations/operation.ts';
import { readInput } from '../../operations/read-input.ts';
import { jsonLimits, writeJson } from '../../resources/index.ts';
import { expressionsOf, faultOf } from '../setup/fault.ts';

const takes = (name: string, type: string, more: Partial<ParameterDefinition> = {}): ParameterDefinition => ({
  name,
  use: 'in',
  min: 0,
  max: 1,
  type,
  documentation: `The ${name}.`,
  ...more,
});
const operation = defineOperation({
  id: 'ValueSet-validate-code',
  code: 'validate-code',
  title: 'Validate a code',
  description: 'Says whether a code is in a value set.',
  levels: { type: true, instance: true },
  types: ['ValueSet'],
  affectsState: false,
  verb: 'none',
  parameters: [
    takes('url', 'uri', { min: 1 }),
    takes('code', 'code'),
    takes('coding', 'Coding'),
    takes('abstract', 'boolean'),
    takes('count', 'integer'),
    takes('date', 'dateTime'),
    takes('value', 'Element'),
    takes('system-version', 'canonical', { max: '*' }),
    takes('valueSet', 'ValueSet'),
    {
      name: 'property',
      use: 'in',
      min: 0,
      max: '*',
      documentation: 'A property.',
      parts: [takes('code', 'code', { min: 1 }), takes('value', 'Element')],
    },
    takes('result', 'boolean', { use: 'out' }),
  ],
  perform: async () => ({ status: 200 }),
});
const anything = {
  ...operation,
  parameters: [takes('resource', 'Resource', { isUnjudged: true }), takes('mode', 'code')],
};

const read = (query: string, body?: unknown, asked = operation, type = 'ValueSet') => {
  const method = body === undefined ? 'GET' : 'POST';
  const call: Call = {
    interaction: 'operation',
    operation: { code: asked.code, method },
    type,
    query: parseQuery(query),
    headers: {},
    prefer: {},
    body: typeof body === 'object' ? JSON.stringify(body) : (body as string | undefined),
  };
  return readInput(asked, call, jsonLimits);
};
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });
const url = { name: 'url', valueUri: 'http://hl7.org/fhir/ValueSet/administrative-gender' };
const u = 'url=http://x.org/vs';

describe('parameters in the URL', () => {
  it('are given with their types', () => {
    const input = read(`${u}&code=male&abstract=false&count=-7&date=2026-11-21&system-version=a|1&system-version=b|2`);
    expect(input.one('url')).toBe('http://x.org/vs');
    expect(input.one('abstract')).toBe(false);
    expect(input.one('count')).toBe(-7);
    expect(input.all('system-version')).toEqual(['a|1', 'b|2']);
    expect(input.one('coding')).toBeUndefined();
    expect(input.argument('code')).toMatchObject({ type: 'code', place: 'code' });
  });

  it('may stand beside those that every request takes', () => {
    expect(read(`${u}&_format=json&_pretty=true`).names()).toEqual(['url']);
  });

  it.each([
    [`${u}&cod=male`, 400, '"cod" is not a parameter of $validate-code.', 'cod', 'Did you mean `code`?'],
    [
      `${u}&result=true`,
      400,
      '"result" is not a parameter of $validate-code.',
      'result',
      expect.stringContaining('It takes url, code,'),
    ],
    [`${u}&abstract=yes`, 400, 'abstract=yes is no boolean.', 'abstract', undefined],
    [`${u}&count=1.5`, 400, 'count=1.5 is no integer.', 'count', undefined],
    [`${u}&code=%20male`, 400, 'code= male is no code.', 'code', undefined],
    [`${u}&date=2026-02-30`, 400, 'date=2026-02-30 is no dateTime.', 'date', undefined],
    [
      `${u}&coding=a`,
      400,
      'coding is a Coding, which cannot stand in a URL.',
      'coding',
      expect.stringContaining('POST'),
    ],
    [`${u}&valueSet=1`, 400, 'valueSet is a ValueSet, which cannot stand in a URL.', 'valueSet', expect.anything()],
    [`${u}&property=1`, 400, 'property is a group, which cannot stand in a URL.', 'property', expect.anything()],
    [`${u}&code=a&code=b`, 400, '`code` may be given once only, not 2 times.', 'code', undefined],
    ['code=male', 400, 'The parameter `url` of $validate-code is missing.', 'url', undefined],
  ])('are checked: %s is %i', (query, status, text, expression, hint) => {
    const fault = faultOf(() => read(query));
    expect([fault.status, fault.message]).toEqual([status, text]);
    expect(fault.findings[0]).toMatchObject({ expression });
    expect(fault.findings[0]!.hint).toEqual(hint);
  });
});

describe('Parameters in the body', () => {
  it('are given with their types, places and parts', () => {
    const input = read(
      '',
      parameters(
        url,
        { name: 'coding', valueCoding: { system: 'http://loinc.org', code: '718-7' } },
        {
          name: 'property',
          part: [
            { name: 'code', valueCode: 'parent' },
            { name: 'value', valueDateTime: '2026' },
          ],
        },
        { name: 'property', part: [{ name: 'code', valueCode: 'child' }] },
      ),
    );
    expect(input.one('coding')).toEqual({ system: 'http://loinc.org', code: '718-7' });
    expect(input.argument('coding')).toMatchObject({ type: 'Coding', place: 'Parameters.parameter[1].value' });
    const [first, second] = input.arguments('property');
    expect(first!.parts.argument('value')).toMatchObject({
      type: 'dateTime',
      place: 'Parameters.parameter[2].part[1].value',
    });
    expect(second!.parts.one('code')).toBe('child');
  });

  it('are put together with those of the URL', () => {
    expect(read('code=male', parameters(url)).names()).toEqual(['code', 'url']);
    expect(faultOf(() => read(u, parameters(url))).message).toBe('`url` may be given once only, not 2 times.');
  });

  it('may name text by any type of text, and dates by any of dates', () => {
    const input = read(
      '',
      parameters(
        { name: 'url', valueCanonical: 'http://x.org' },
        { name: 'code', valueString: 'male' },
        { name: 'date', valueDate: '2026-11-21' },
      ),
    );
    expect([input.one('url'), input.one('code'), input.one('date')]).toEqual(['http://x.org', 'male', '2026-11-21']);
  });

  it('keep resources as they were sent, with their digits', () => {
    const body = `{"resourceType":"Parameters","parameter":[\n {"name":"mode","valueCode":"create"},\n {"name":"resource","resource": {"resourceType":"Observation","valueQuantity":{"value":1.00}} }]}`;
    const { sent, type } = read('', body, anything).argument('resource')!;
    const { value, digits, text } = sent!.parsed();
    expect(type).toBe('Observation');
    expect(text).toBe('{"resourceType":"Observation","valueQuantity":{"value":1.00}}');
    expect(writeJson(value, digits)).toBe(text);
    expect(body.slice(sent!.offset)).toMatch(/^\{"resourceType":"Observation"/);
  });

  it('leave what is wrong with a resource to an operation that wants that', () => {
    const broken = { resourceType: 'Patient', gendre: 'male', name: 'Anna' };
    expect(read('', parameters({ name: 'resource', resource: broken }), anything).one('resource')).toEqual(broken);
    expect(read('', parameters({ name: 'resource', resource: { x: 1 } }), anything).one('resource')).toEqual({ x: 1 });
  });

  it.each([
    [[{ name: 'cod', valueCode: 'x' }], '"cod" is not a parameter of $validate-code.', 'Parameters.parameter[1].name'],
    [[{ name: 'code' }], 'The parameter `code` must be a code.', 'Parameters.parameter[1]'],
    [
      [{ name: 'code', valueCoding: { code: 'x' } }],
      'The parameter `code` must be a code.',
      'Parameters.parameter[1].value',
    ],
    [[{ name: 'code', valueString: ' x' }], '`code` is " x", which is no code.', 'Parameters.parameter[1].value'],
    [[{ name: 'count', valueDecimal: 1.5 }], '`count` is 1.5, which is no integer.', 'Parameters.parameter[1].value'],
    [
      [{ name: 'valueSet', valueString: 'x' }],
      'The parameter `valueSet` must be a ValueSet.',
      'Parameters.parameter[1]',
    ],
    [
      [{ name: 'valueSet', resource: { resourceType: 'Patient' } }],
      'The parameter `valueSet` must be a ValueSet.',
      'Parameters.parameter[1].resource',
    ],
    [[{ name: 'property', valueCode: 'x' }], 'The parameter `property` must be parts.', 'Parameters.parameter[1]'],
    [
      [{ name: 'property', part: [{ name: 'value', valueCode: 'x' }] }],
      'The parameter `code` of `property` is missing.',
      'Parameters.parameter[1]',
    ],
    [
      [{ name: 'property', part: [{ name: 'key', valueCode: 'x' }] }],
      '"key" is not a parameter of `property`.',
      'Parameters.parameter[1].part[0].name',
    ],
    [
      [
        { name: 'code', valueCode: 'a' },
        { name: 'code', valueCode: 'b' },
      ],
      '`code` may be given once only, not 2 times.',
      'Parameters.parameter[2].value',
    ],
  ])('are checked: %j', (more, text, expression) => {
    const fault = faultOf(() => read('', parameters(url, ...more)));
    expect([fault.status, fault.message]).toEqual([400, text]);
    expect(expressionsOf(fault)).toEqual([expression]);
  });

  it('are judged, with what stands in them', () => {
    const fault = faultOf(() =>
      read('', parameters(url, { name: 'valueSet', resource: { resourceType: 'ValueSet' } })),
    );
    expect(fault.status).toBe(400);
    expect(expressionsOf(fault)[0]).toMatch(/^Parameters\.parameter\[1\]\.resource/);
    expect(faultOf(() => read('', { resourceType: 'Parameters', parameters: [] })).kind).toBe('invalid-structure');
  });
});

describe('a bare resource', () => {
  it('is the one resource that the operation takes', () => {
    const valueSet = { resourceType: 'ValueSet', status: 'active' };
    const input = read(u, valueSet);
    expect(input.one('valueSet')).toEqual(valueSet);
    expect(input.argument('valueSet')).toMatchObject({ place: 'ValueSet', type: 'ValueSet', sent: { offset: 0 } });
  });

  it('of another type is refused', () => {
    expect(faultOf(() => read(u, { resourceType: 'Patient' })).message).toBe(
      'The parameter `valueSet` must be a ValueSet.',
    );
  });

  it('is refused by an operation that takes none', () => {
    const none = { ...operation, parameters: [takes('url', 'uri')] };
    expect(faultOf(() => read('', { resourceType: 'Patient' }, none)).message).toBe(
      '$validate-code expects Parameters, but the body is a Patient.',
    );
    expect(faultOf(() => read('', { url: 'x' })).message).toBe(
      '$validate-code expects Parameters, but the body is no resource.',
    );
  });

  it('that is no JSON is refused with the place', () => {
    expect(faultOf(() => read(u, '{"resourceType":"ValueSet"')).kind).toBe('invalid-json');
  });
});

it('has no input where the body is empty', () => expect(read(u, ' ').names()).toEqual(['url']));

import { describe, expect, it } from 'vitest';
import { Fault } from '../../resources/index.ts';
import {
  bodyTypes,
  mayAskFormat,
  negotiate,
  parseMediaType,
  parsePrefer,
  remember,
  requireBodyType,
  weighted,
} from '../../server/format.ts';

const JSON_ANSWER = { contentType: 'application/fhir+json; charset=utf-8', pretty: false };

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('negotiate', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/fhir+json',
    'application/json',
    'text/json',
    'application/*',
    'APPLICATION/FHIR+JSON; charset=UTF-8',
    'application/fhir+xml, application/fhir+json;q=0.1',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8',
    'application/fhir+json;fhirVersion=3.0, */*;q=0.1',
  ])('answers JSON for Accept: %s', (accept) => {
    expect(negotiate(accept, undefined)).toEqual(JSON_ANSWER);
  });

  it.each([
    'application/fhir+xml',
    'text/turtle',
    'text/plain',
    'application/fhir+json;q=0',
    'application/fhir+json;q=0, */*;q=0',
    'application/fhir+json; fhirVersion=3.0',
    'nonsense',
  ])('refuses Accept: %s', (accept) => {
    const fault = faultOf(() => negotiate(accept, undefined));
    expect(fault.status).toBe(406);
    expect(fault.findings[0]!.hint).toContain('application/fhir+json');
  });

  it('refuses JSON at q=0 even where everything else is welcome, since the exact range decides', () => {
    expect(
      faultOf(() => negotiate('application/fhir+json;q=0, application/json;q=0, text/json;q=0, */*', undefined)).status,
    ).toBe(406);
  });

  it('names the version of FHIR in the answer where the caller named it', () => {
    const accept = 'application/fhir+json; fhirVersion=4.0';
    expect(negotiate(accept, undefined).contentType).toBe('application/fhir+json; fhirVersion=4.0; charset=utf-8');
  });

  it.each(['json', 'application/json', 'application/fhir+json', 'application/fhir json', 'text/json', 'JSON'])(
    'lets _format=%s win over Accept',
    (format) => {
      expect(negotiate('application/fhir+xml', [['_format', format]])).toEqual(JSON_ANSWER);
    },
  );

  it.each(['xml', 'application/fhir+xml', 'ttl', 'html', '', 'application/fhir+json;fhirVersion=5.0'])(
    'refuses _format=%s whatever Accept says',
    (format) => {
      expect(faultOf(() => negotiate('application/fhir+json', [['_format', format]])).kind).toBe('not-acceptable');
    },
  );

  it('refuses two values that contradict each other, not one that is repeated', () => {
    expect(
      negotiate(undefined, [
        ['_format', 'json'],
        ['_format', 'json'],
      ]).pretty,
    ).toBe(false);
    const fault = faultOf(() =>
      negotiate(undefined, [
        ['_format', 'json'],
        ['_format', 'xml'],
      ]),
    );
    expect(fault.findings[0]).toMatchObject({ kind: 'invalid-request', expression: '_format' });
    expect(
      faultOf(() =>
        negotiate(undefined, [
          ['_pretty', 'true'],
          ['_pretty', 'false'],
        ]),
      ).status,
    ).toBe(400);
  });

  it('reads _pretty, and refuses what is neither true nor false', () => {
    expect(negotiate(undefined, [['_pretty', 'true']]).pretty).toBe(true);
    expect(negotiate(undefined, [['_pretty', 'false']]).pretty).toBe(false);
    expect(faultOf(() => negotiate(undefined, [['_pretty', 'yes']])).findings[0]).toMatchObject({
      kind: 'invalid-value',
      expression: '_pretty',
    });
  });
});

describe('mayAskFormat', () => {
  it('is true wherever the parameters can be present, percent-encoded names included', () => {
    expect(mayAskFormat('_format=json')).toBe(true);
    expect(mayAskFormat('name=x&_pretty=true')).toBe(true);
    expect(mayAskFormat('%5Fformat=xml')).toBe(true);
    expect(mayAskFormat('')).toBe(false);
    expect(mayAskFormat('name=Anna')).toBe(false);
  });
});

describe('parsePrefer', () => {
  it.each([
    ['return=minimal', { return: 'minimal' }],
    ['return=OperationOutcome; handling=lenient', { return: 'OperationOutcome', handling: 'lenient' }],
    ['respond-async, return="representation"', { return: 'representation' }],
    ['Return=minimal, return=representation', { return: 'minimal' }],
    ['handling=strict', { handling: 'strict' }],
    ['return=everything', {}],
    ['wait=100', {}],
  ])('reads %s', (header, expected) => {
    expect(parsePrefer(header)).toEqual(expected);
  });

  it('has no preference without the header', () => {
    expect(parsePrefer(undefined)).toEqual({});
  });
});

describe('requireBodyType', () => {
  it.each([
    'application/fhir+json',
    'application/json; charset=utf-8',
    'text/json;charset="UTF-8"',
    'Application/FHIR+JSON; fhirVersion=4.0',
  ])('takes a resource as %s', (header) => {
    expect(bodyTypes('create')).toContain(requireBodyType(header, 'create', 'POST'));
  });

  it('takes the three kinds of patch, and the form of a search', () => {
    for (const type of ['application/json-patch+json', 'application/merge-patch+json', 'application/fhir+json']) {
      expect(requireBodyType(type, 'patch', 'PATCH')).toBe(type);
    }
    const form = 'application/x-www-form-urlencoded';
    expect(requireBodyType(form, 'search-type', 'POST')).toBe(form);
  });

  it.each([
    [undefined, 'create', 'POST', 'Accept-Post'],
    ['', 'create', 'POST', 'Accept-Post'],
    ['text/plain', 'create', 'POST', 'Accept-Post'],
    ['application/fhir+xml', 'update', 'PUT', 'Accept'],
    ['application/json-patch+json', 'update', 'PUT', 'Accept'],
    ['text/plain', 'patch', 'PATCH', 'Accept-Patch'],
    ['application/fhir+json', 'search-type', 'POST', 'Accept-Post'],
    ['not a type', 'create', 'POST', 'Accept-Post'],
    ['application/fhir+json; charset=iso-8859-1', 'create', 'POST', 'Accept-Post'],
    ['application/fhir+json; fhirVersion=3.0', 'create', 'POST', 'Accept-Post'],
  ] as const)('refuses %s for %s with 415 and %s %s', (header, interaction, method, name) => {
    const fault = faultOf(() => requireBodyType(header, interaction, method));
    expect(fault.status).toBe(415);
    expect(fault.headers[name]).toBe(bodyTypes(interaction).join(', '));
  });
});

describe('parseMediaType', () => {
  it('reads type, charset and version of FHIR, quoted or not, in any case', () => {
    expect(parseMediaType('Application/FHIR+JSON; a="x;charset=y"; Charset="UTF-8" ;fhirVersion=4.0')).toEqual({
      type: 'application/fhir+json',
      charset: 'utf-8',
      version: '4.0',
    });
    expect(parseMediaType('text/json')).toEqual({ type: 'text/json', charset: 'utf-8', version: undefined });
  });

  it('is undefined for what is no media type', () => {
    for (const text of ['', 'json', 'a/b/c', '/json', 'a b/c']) expect(parseMediaType(text), text).toBeUndefined();
  });
});

describe('weighted', () => {
  it('reads weights, 1 where there is none', () => {
    expect(weighted('a;q=0.5, b, c; q=0')).toEqual([
      { value: 'a;q=0.5', q: 0.5 },
      { value: 'b', q: 1 },
      { value: 'c; q=0', q: 0 },
    ]);
  });
});

describe('remember', () => {
  it('never grows beyond its bound, whatever clients send', () => {
    const cache = new Map<string, number>();
    for (let index = 0; index < 10_000; index += 1) remember(cache, `text/x-${index}`, index);
    remember(cache, 'x'.repeat(10_000), 1);
    expect(cache.size).toBeLessThanOrEqual(256);
    expect([...cache.keys()].every((key) => key.length <= 512)).toBe(true);
  });
});

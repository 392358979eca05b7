import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery, parseTarget } from '../../operations/call.ts';
import { Fault } from '../../resources/index.ts';

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('No fault was raised.');
}

describe('the URL grammar', () => {
  it.each([
    ['GET', 'Patient/7', { interaction: 'read', type: 'Patient', id: '7' }],
    ['HEAD', 'Patient/7', { interaction: 'read', type: 'Patient', id: '7' }],
    ['GET', 'Patient/7/_history/2', { interaction: 'vread', type: 'Patient', id: '7', version: '2' }],
    ['GET', 'Patient/7/_history', { interaction: 'history-instance', type: 'Patient', id: '7' }],
    ['GET', 'Patient/_history', { interaction: 'history-type', type: 'Patient' }],
    ['GET', '_history', { interaction: 'history-system' }],
    ['POST', 'Patient', { interaction: 'create', type: 'Patient' }],
    ['PUT', 'Patient/7', { interaction: 'update', type: 'Patient', id: '7' }],
    ['PUT', 'Patient', { interaction: 'update', type: 'Patient' }],
    ['PATCH', 'Patient', { interaction: 'patch', type: 'Patient' }],
    ['DELETE', 'Patient/7', { interaction: 'delete', type: 'Patient', id: '7' }],
    ['GET', 'Patient', { interaction: 'search-type', type: 'Patient' }],
    ['POST', 'Patient/_search', { interaction: 'search-type', type: 'Patient' }],
    ['GET', '', { interaction: 'search-system' }],
    ['POST', '', { interaction: 'transaction' }],
    ['POST', '_search', { interaction: 'search-system' }],
    ['GET', 'metadata', { interaction: 'capabilities' }],
    ['GET', '$export', { interaction: 'operation', operation: { code: 'export', method: 'GET' } }],
    [
      'POST',
      'Patient/$match',
      { interaction: 'operation', type: 'Patient', operation: { code: 'match', method: 'POST' } },
    ],
    [
      'HEAD',
      'Patient/7/$everything',
      { interaction: 'operation', type: 'Patient', id: '7', operation: { code: 'everything', method: 'GET' } },
    ],
    [
      'GET',
      'Patient/7/Observation',
      { interaction: 'search-compartment', type: 'Observation', compartment: { type: 'Patient', id: '7' } },
    ],
    [
      'GET',
      'Patient/7/*',
      { interaction: 'search-compartment', type: undefined, compartment: { type: 'Patient', id: '7' } },
    ],
    [
      'POST',
      'Patient/7/Observation/_search',
      { interaction: 'search-compartment', type: 'Observation', compartment: { type: 'Patient', id: '7' } },
    ],
  ])('reads %s %s', (method, path, target) => {
    expect(parseTarget(method, path)).toEqual(target);
  });

  it('forgives a trailing slash', () => {
    expect(parseTarget('GET', 'Patient/')).toEqual({ interaction: 'search-type', type: 'Patient' });
    expect(parseTarget('POST', '/')).toEqual({ interaction: 'transaction' });
  });

  it('refuses a type in the wrong case with 404 and names the right one', () => {
    const fault = faultOf(() => parseTarget('POST', 'patient'));
    expect(fault.status).toBe(404);
    expect(fault.findings[0]?.hint).toContain('Patient');
  });

  it.each([
    ['PATCH', 'metadata', 'GET, HEAD'],
    ['DELETE', 'Patient/7/_history/1', 'GET, HEAD'],
    ['POST', 'Patient/7', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['GET', 'Patient/_search', 'POST'],
  ])('refuses %s %s with 405 and the methods that are allowed', (method, path, allowed) => {
    const fault = faultOf(() => parseTarget(method, path));
    expect(fault.status).toBe(405);
    expect(fault.headers.Allow).toBe(allowed);
  });

  it('answers 404 for reading and 400 for writing an id that can never exist', () => {
    expect(faultOf(() => parseTarget('GET', 'Patient/<script>')).status).toBe(404);
    expect(faultOf(() => parseTarget('PUT', 'Patient/<script>')).status).toBe(400);
    expect(faultOf(() => parseTarget('PUT', `Patient/${'a'.repeat(65)}`)).status).toBe(400);
  });

  it.each([
    '$export/7',
    'Patient/$match/7',
    'Patient/7/$everything/8',
    'Observation/7/Patient',
    'Patient/7/8/9/10',
    'nowhere/at/all',
  ])('knows nothing at %s', (path) => {
    expect(faultOf(() => parseTarget('GET', path)).status).toBe(404);
  });

  it('raises nothing but a Fault, whatever the path', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'BREW'),
        fc.string({ unit: 'binary' }),
        (method, path) => {
          try {
            parseTarget(method, path);
          } catch (error) {
            expect(error).toBeInstanceOf(Fault);
          }
        },
      ),
    );
  });
});

describe('a query', () => {
  it('is read in order, with doubled names, + as a space and %2B as +', () => {
    expect(parseQuery('name=van+Dijk&name=a%2Cb&date=2020-01-01T10:00%2B02:00&_summary')).toEqual([
      ['name', 'van Dijk'],
      ['name', 'a,b'],
      ['date', '2020-01-01T10:00+02:00'],
      ['_summary', ''],
    ]);
  });

  it('is refused with 400 where it is not percent-encoded UTF-8', () => {
    expect(faultOf(() => parseQuery('name=%E0%A4%A')).status).toBe(400);
  });

  it('gives back any names and values that were encoded', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            text.filter((name) => name !== ''),
            text,
          ),
        ),
        (pairs) => {
          const encoded = pairs
            .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
            .join('&');
          expect(parseQuery(encoded)).toEqual(pairs);
        },
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { parseSearch } from '../../../store/search/parse.ts';
import type { Query } from '../../../store/search/tree.ts';
import { faultOf } from '../../setup/fault.ts';

const limits = { countDefault: 50, countMax: 1000 };
const queryOf = (text: string): Query =>
  text === ''
    ? []
    : text.split('&').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
const parse = (type: string | undefined, text: string, handling: 'strict' | 'lenient' = 'strict') =>
  parseSearch({ type, query: queryOf(text), handling, limits });
const parseIn = (owner: string, type: string | undefined, text = '') =>
  parseSearch({ type, compartment: { type: owner, id: '1' }, query: queryOf(text), handling: 'strict', limits });

describe('parseSearch', () => {
  it('reads values, modifiers and repetitions', () => {
    const { criteria } = parse('Patient', 'family=Smith,Ander\\,son&family:exact=Smith&birthdate=ge1980');
    expect(criteria).toMatchObject([
      { kind: 'values', code: 'family', modifier: undefined, values: ['Smith', 'Ander\\,son'] },
      { kind: 'values', code: 'family', modifier: 'exact', values: ['Smith'] },
      { kind: 'values', code: 'birthdate', values: ['ge1980'] },
    ]);
  });

  it('asks for a value twice only once', () =>
    expect(parse('Patient', '_id=a,b,a').criteria).toMatchObject([{ values: ['a', 'b'] }]));

  it('reads chains with the type of the target', () => {
    const [chain] = parse('Observation', 'subject:Patient.general-practitioner:Practitioner.family=Bell').criteria;
    expect(chain).toMatchObject({ kind: 'chain', code: 'subject' });
    if (chain?.kind !== 'chain') throw new Error();
    expect([...chain.targets.keys()]).toEqual(['Patient']);
  });

  it('follows an untyped chain to every type that knows the parameter', () => {
    const [chain] = parse('Observation', 'subject.name=Smith').criteria;
    if (chain?.kind !== 'chain') throw new Error();
    expect([...chain.targets.keys()]).toEqual(['Location', 'Patient']);
  });

  it('reads reverse chains, nested ones too', () =>
    expect(parse('Patient', '_has:Observation:patient:_has:Provenance:target:recorded=2024').criteria).toMatchObject([
      { kind: 'has', source: 'Observation', inner: { kind: 'has', source: 'Provenance', inner: { code: 'recorded' } } },
    ]));

  it('reads the controls', () => {
    const search = parse(
      'Observation',
      '_sort=-date,code&_count=5&_total=accurate&_include=Observation:subject&_revinclude:iterate=Provenance:target',
    );
    expect(search.sort.map(({ code, descending }) => [code, descending])).toEqual([
      ['date', true],
      ['code', false],
    ]);
    expect(search).toMatchObject({
      count: 5,
      total: 'accurate',
      includes: [{ reverse: false }, { reverse: true, iterate: true }],
    });
  });

  it('asks for no resource where only their number is wanted', () => {
    expect(parse('Patient', '_summary=count').count).toBe(0);
    expect(parse('Patient', '_count=0').count).toBe(0);
  });

  it('cuts _count at the most that is given, says so, and shows it in what was honoured', () => {
    const search = parse('Patient', 'gender=male&_count=100000');
    expect(search.count).toBe(1000);
    expect(search.honoured).toEqual([
      ['gender', 'male'],
      ['_count', '1000'],
    ]);
    expect(search.notes[0]).toMatchObject({ severity: 'information', expression: '_count' });
  });

  it('searches all types, or those named', () => {
    expect(parse(undefined, '').everything).toBe(true);
    expect(parse(undefined, '_type=Patient,Observation').types).toEqual(['Patient', 'Observation']);
  });

  it('searches the types of a compartment', () => {
    expect(parseIn('Patient', 'Observation').types).toEqual(['Observation']);
    expect(parseIn('Patient', undefined).types).toContain('Patient');
    expect(parseIn('Patient', undefined).types).not.toContain('Location');
  });
});

describe('refusals', () => {
  it.each([
    ['unknown=1', 'unknown-parameter', 'unknown'],
    ['brithdate=1980', 'unknown-parameter', 'brithdate'],
    ['_query=abc', 'not-supported', '_query'],
    ['_filter=x', 'invalid-value', '_filter'],
    ['_list=$current-problems', 'not-supported', '_list'],
    ['family:nonsense=x', 'unsupported-modifier', 'family:nonsense'],
    ['gender:exact=male', 'unsupported-modifier', 'gender:exact'],
    ['general-practitioner:Patient=1', 'unsupported-modifier', 'general-practitioner:Patient'],
    ['birthdate.x=1', 'not-supported', 'birthdate.x'],
    ['general-practitioner.nonsense=1', 'unknown-parameter', 'nonsense'],
    ['_has:Observation:code:code=1', 'not-supported', '_has:Observation:code:code'],
    ['_has:Nonsense:patient:code=1', 'invalid-value', '_has:Nonsense:patient:code'],
    ['_has:Observation:patient=1', 'invalid-value', '_has:Observation:patient'],
    ['family=', 'invalid-value', 'family'],
    ['family=a,,b', 'invalid-value', 'family'],
    ['family=a\u0000b', 'invalid-value', 'family'],
    ['family:missing=maybe', 'invalid-value', 'family:missing'],
    ['_count=-1', 'invalid-value', '_count'],
    ['_count=ten', 'invalid-value', '_count'],
    ['_count=1&_count=2', 'invalid-request', '_count'],
    ['_total=yes', 'invalid-value', '_total'],
    ['_sort=nonsense', 'unknown-parameter', '_sort=nonsense'],
    ['_sort=family&_sort=birthdate', 'invalid-request', '_sort'],
    ['_include=Patient', 'invalid-value', '_include'],
    ['_include=Patient:nonsense', 'unknown-parameter', '_include'],
    ['_include=Patient:gender', 'unknown-parameter', '_include'],
    ['_include=Patient:organization:Practitioner', 'invalid-value', '_include'],
    ['_include=Observation:subject', 'invalid-value', '_include'],
    ['_include:always=Patient:organization', 'unsupported-modifier', '_include:always'],
    ['_revinclude=Location:organization', 'invalid-value', '_revinclude'],
    ['_type=Patient', 'unknown-parameter', '_type'],
  ])('refuses Patient?%s', (text, kind, expression) => {
    const fault = faultOf(() => parse('Patient', text));
    expect([fault.kind, fault.findings[0]!.expression]).toEqual([kind, expression]);
  });

  it('names the nearest parameter', () =>
    expect(faultOf(() => parse('Patient', 'brithdate=1980')).findings[0]!.hint).toContain('birthdate'));

  it('refuses what not all of several types have', () =>
    expect(faultOf(() => parse(undefined, '_type=Patient,Observation&family=x')).message).toContain('Observation'));

  it('refuses unknown types', () =>
    expect(faultOf(() => parse(undefined, '_type=Patient,patient')).kind).toBe('invalid-value'));

  it('refuses a type that is never in the compartment', () => {
    expect(faultOf(() => parseIn('Patient', 'Location')).kind).toBe('not-supported');
    expect(faultOf(() => parseIn('Device', 'Condition')).kind).toBe('not-supported');
  });

  it('refuses too many conditions, values and steps', () => {
    expect(faultOf(() => parse('Patient', Array(60).fill('gender=male').join('&'))).kind).toBe('too-costly');
    expect(faultOf(() => parse('Patient', `_id=${Array.from({ length: 1001 }, (_, i) => i).join(',')}`)).kind).toBe(
      'too-costly',
    );
    const long = `${'partof.'.repeat(7)}name`;
    expect(faultOf(() => parse('Location', `${long}=x`)).kind).toBe('too-costly');
  });
});

describe('lenient handling', () => {
  it('leaves out what is unknown, tells it, and does not show it as honoured', () => {
    const search = parse(
      'Patient',
      'unknown=1&gender=male&_query=x&_sort=nonsense&_include=Patient:nonsense',
      'lenient',
    );
    expect(search.honoured).toEqual([['gender', 'male']]);
    expect(search.criteria).toHaveLength(1);
    expect(search.notes.map(({ severity, expression }) => [severity, expression])).toEqual([
      ['warning', 'unknown'],
      ['warning', '_query'],
      ['warning', '_include'],
      ['warning', '_sort=nonsense'],
    ]);
  });

  it.each(['gender:exact=male', 'family=', '_count=x', '_include=Patient'])('does not forgive %s', (text) =>
    expect(faultOf(() => parse('Patient', text, 'lenient')).status).toBe(400),
  );
});

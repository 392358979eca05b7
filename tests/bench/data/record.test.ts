import { describe, expect, it } from 'vitest';
import { bundleOf, TYPES, templatesOf } from '../../../bench/data/record.ts';
import { changed, fill } from '../../../bench/data/template.ts';
import { judge } from '../../../profiles/index.ts';
import { parseJson } from '../../../resources/index.ts';

const ID = '019f8a2b-6c1d-7e3f-9a4b-5c6d7e8f9a0b';
const FILLING = {
  serial: '100001',
  ...changed(1),
  Patient: ID,
  Encounter: ID,
  Practitioner: ID,
  Organization: ID,
  Location: ID,
  Claim: ID,
};
const PATIENTS = Array.from({ length: 50 }, (_, n) => n);

function all(): { type: string; text: string }[] {
  return PATIENTS.flatMap((n) => {
    const own = templatesOf(n);
    return TYPES.flatMap((type) => own[type].map((template) => ({ type, text: fill(template, FILLING) })));
  });
}

describe('the generated records', () => {
  it('are the same at every run and differ from patient to patient', () => {
    expect(templatesOf(7)).toEqual(templatesOf(7));
    expect(templatesOf(7).Patient).not.toEqual(templatesOf(8).Patient);
    expect(bundleOf(3)).toEqual(bundleOf(3));
  });

  it('have no fault that the structure check finds', () => {
    for (const { type, text } of all()) expect(judge(type, parseJson(text)).findings).toEqual([]);
    expect(judge('Patient', parseJson('{"resourceType":"Patient","gender":"femal"}')).findings).not.toEqual([]);
  });

  it('weigh what records of real hospitals weigh: 1.1 to 2.1 kB', () => {
    for (const { type, text } of all()) {
      expect(text.length, type).toBeGreaterThan(1100);
      expect(text.length, type).toBeLessThan(2100);
    }
  });

  it('carry decimals whose last digit is a zero', () => {
    const observations = all().filter(({ type }) => type === 'Observation');
    for (const { text } of observations) expect(text).toMatch(/"value":\d+\.\d0,/);
  });

  it('hold blood pressures with two components', () => {
    const pressures = all().filter(({ text }) => text.includes('85354-9'));
    expect(pressures.length).toBeGreaterThan(5);
    for (const { text } of pressures) expect(JSON.parse(text).component).toHaveLength(2);
  });
});

describe('the generated transaction Bundles', () => {
  const bundles = PATIENTS.slice(0, 20).map((n) => {
    const { template, entries } = bundleOf(n);
    return { entries, text: fill(template, FILLING) };
  });

  it('have 300 to 700 entries', () => {
    for (const { entries, text } of bundles) {
      expect(entries).toBeGreaterThanOrEqual(300);
      expect(entries).toBeLessThanOrEqual(700);
      expect(JSON.parse(text).entry).toHaveLength(entries);
    }
  });

  it('refer only to entries of their own, each with a fullUrl of its own', () => {
    for (const { text } of bundles) {
      const urls = JSON.parse(text).entry.map((entry: { fullUrl: string }) => entry.fullUrl);
      expect(new Set(urls).size).toBe(urls.length);
      const references = [...text.matchAll(/"reference":"([^"]+)"/g)].map((match) => match[1]!);
      expect(references.length).toBeGreaterThan(urls.length);
      const known = new Set(urls);
      expect(references.filter((reference) => !known.has(reference))).toEqual([]);
    }
  });

  it('have no fault that the structure check finds', () => {
    for (const { text } of bundles.slice(0, 5)) expect(judge('Bundle', parseJson(text)).findings).toEqual([]);
  });
});

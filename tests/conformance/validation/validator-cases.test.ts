import { existsSync, readFileSync } from 'node:fs';
import type { StructureDefinition } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../profiles/index.ts';
import { Fault, isResourceType, parseJson } from '../../../resources/index.ts';
import { ownLibrary } from '../../setup/own-library.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly format: string;
  readonly supporting?: readonly string[];
  readonly base: { readonly errors: number; readonly errorIssues: readonly { readonly expr: string | null }[] } | null;
}

/**
 * Names of cases that come out otherwise, and why: beyond what R4 says of a resource, only warned of by decision, otherwise,
 * or at another place.
 */
const differences: Readonly<Record<'beyond' | 'warned' | 'otherwise' | 'place', Readonly<Record<string, string>>>> =
  JSON.parse(readFileSync(new URL('validator-differences.json', import.meta.url), 'utf8'));

const cases: readonly Case[] = hasSharedData
  ? JSON.parse(readFileSync(sharedData('validator-cases/index.json'), 'utf8')).filter(
      ({ format, base }: Case) => format === 'json' && base !== null,
    )
  : [];

function read(file: string): string {
  return readFileSync(sharedData(`validator-cases/files/${file}`), 'utf8').replace(/^\ufeff/, '');
}

function structuresOf({ supporting = [] }: Case): StructureDefinition[] {
  return (
    supporting
      // The data set leaves one of them out.
      .filter((file) => file.endsWith('.json') && existsSync(sharedData(`validator-cases/files/${file}`)))
      .flatMap((file) => {
        const resource = JSON.parse(read(file));
        const all =
          resource.resourceType === 'Bundle' ? resource.entry.map((entry: any) => entry.resource) : [resource];
        return all.filter((it: any) => it?.resourceType === 'StructureDefinition');
      })
  );
}

/** FHIRPaths of what is found of a severity; one empty path for what is no resource at all. */
function found(one: Case, wanted: 'error' | 'warning'): string[] {
  try {
    const parsed = parseJson(read(one.file));
    const type = parsed.value.resourceType;
    if (!isResourceType(type)) return [''];
    const { findings } = judge(type, parsed, { level: 'full', library: ownLibrary(structuresOf(one)) });
    return findings.filter(({ severity = 'error' }) => severity === wanted).map(({ expression }) => expression!);
  } catch (fault) {
    if (fault instanceof Fault) return [''];
    throw fault;
  }
}

const errors = (one: Case): string[] => found(one, 'error');

/** `Bundle.entry[0].resource/*Patient/1*\/.value.ofType(Quantity)` as this server writes it. */
function plain(expression: string | null): string {
  return (expression ?? '').replace(/\/\*.*?\*\//g, '').replace(/\.ofType\(\w+\)/g, '');
}

/** Whether one of the two is the other or stands inside of it. */
function isNear(a: string, b: string): boolean {
  const isIn = (inner: string, outer: string) =>
    inner === outer || (inner.startsWith(outer) && /^[.[]/.test(inner.slice(outer.length)));
  return a === '' || b === '' || !/^[A-Z]/.test(b) || isIn(a, b) || isIn(b, a);
}

describe.runIf(hasSharedData)('the cases of the HL7 validator', () => {
  it('come out as there, but for those of the table', () => {
    const otherwise = cases.filter((one) => errors(one).length > 0 !== one.base!.errors > 0).map(({ name }) => name);
    const told = { ...differences.beyond, ...differences.warned, ...differences.otherwise };
    expect(otherwise.filter((name) => !Object.hasOwn(told, name))).toEqual([]);
    const asked = cases.length - Object.keys({ ...differences.beyond, ...differences.warned }).length;
    expect(1 - Object.keys(differences.otherwise).length / asked).toBeGreaterThan(0.9);
  });

  it('are warned of where nothing in R4 forbids what is refused there', () => {
    const warned = cases.filter(({ name }) => Object.hasOwn(differences.warned, name));
    expect(warned.filter((one) => errors(one).length > 0 || found(one, 'warning').length === 0)).toEqual([]);
    expect(warned.length).toBe(Object.keys(differences.warned).length);
  });

  it('are refused at the same elements', () => {
    const elsewhere = cases.filter((one) => {
      const found = errors(one);
      if (found.length === 0 || one.base!.errors === 0) return false;
      return !found.some((own) => one.base!.errorIssues.some(({ expr }) => isNear(own, plain(expr))));
    });
    expect(elsewhere.map(({ name }) => name).filter((name) => !Object.hasOwn(differences.place, name))).toEqual([]);
  });
});

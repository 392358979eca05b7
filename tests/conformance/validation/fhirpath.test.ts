import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type Condition,
  ConditionFault,
  compile,
  conditionByEngine,
  conditionOf,
  Element,
  isCompiled,
} from '../../../resources/index.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';

interface Case {
  readonly group: string;
  readonly name: string;
  readonly inputfile?: string;
  readonly expression: string;
  readonly invalid?: string;
  readonly predicate?: boolean;
  readonly output?: readonly { readonly value?: string }[];
}

/** Name of a case that comes out otherwise → why. */
const differences: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('fhirpath-differences.json', import.meta.url), 'utf8'),
);
/** Cases that a compiled condition gets right and the engine does not. */
const better = new Set(['testVariables1', 'testVariables2']);

const cases: readonly Case[] = hasSharedData
  ? JSON.parse(readFileSync(sharedData('fhirpath/tests-fhir-r4.json'), 'utf8'))
  : [];
const inputs = new Map<string, any>();

function inputOf({ inputfile }: Case): any {
  if (inputfile === undefined) return {};
  let input = inputs.get(inputfile);
  if (!input) {
    input = JSON.parse(readFileSync(sharedData(`fhirpath/json/${inputfile}`), 'utf8'));
    inputs.set(inputfile, input);
  }
  return input;
}

function passes(one: Case): boolean {
  const { expression, invalid, predicate, output = [] } = one;
  let got: unknown[];
  try {
    got = compile(expression)(inputOf(one));
  } catch {
    return invalid !== undefined;
  }
  if (invalid !== undefined) return false;
  if (predicate) return String(got.length > 0 && got[0] !== false) === output[0]!.value;
  return (
    got.length === output.length &&
    output.every(
      ({ value }, i) =>
        value === undefined || plain(value) === plain(String(got[i])) || Number(value) === Number(got[i]),
    )
  );
}

function plain(text: string): string {
  return text.replace(/^@T?/, '');
}

describe.runIf(hasSharedData)('the official FHIRPath suite for R4', () => {
  it('passes, but for the cases of the table', () => {
    const failed = new Set(cases.filter((one) => !passes(one)).map(({ name }) => name));
    const untold = [...failed].filter((name) => !Object.hasOwn(differences, name));
    expect(untold).toEqual([]);
    expect(Object.keys(differences).filter((name) => !failed.has(name))).toEqual([]);
    expect(cases.length - failed.size).toBeGreaterThanOrEqual(880);
  });

  it('comes out the same by compiled conditions and by the engine', () => {
    const compiled = cases.filter((one) => one.inputfile !== undefined && isCompiled(one.expression));
    expect(compiled.length).toBeGreaterThan(400);
    for (const one of compiled.filter(({ name }) => !better.has(name))) {
      const data = inputOf(one);
      expect(told(conditionOf(one.expression), data), one.expression).toBe(
        told(conditionByEngine(one.expression), data),
      );
    }
  });
});

function told(condition: Condition, data: any): boolean | undefined | 'fault' {
  const element = new Element(data, undefined, data.resourceType);
  try {
    return condition(element, { resource: element, rootResource: element, context: element });
  } catch (fault) {
    if (fault instanceof ConditionFault) return 'fault';
    throw fault;
  }
}

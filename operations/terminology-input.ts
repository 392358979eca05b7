/** Parameters that the questions to the terminology share. https://hl7.org/fhir/R4/terminology-service.html */
import type { CodeSystem, Parameters, ValueSet } from 'fhir/r4.js';
import { Fault } from '../resources/index.ts';
import type { Asked, CodeQuestion, NamedValueSet, ValidateRequest } from '../terminology/index.ts';
import type { Call } from './call.ts';
import type { Input } from './input.ts';
import type { ParameterDefinition } from './operation.ts';

type Many = { readonly max?: '*' };

/** An input parameter that may be left out. */
export function optional(name: string, type: string, documentation: string, { max }: Many = {}): ParameterDefinition {
  return { name, use: 'in', min: 0, max: max ?? 1, type, documentation };
}

/** What every question may say. */
export const askedParameters: readonly ParameterDefinition[] = [
  optional('displayLanguage', 'code', 'Languages of displays, best first, as in Accept-Language.'),
  optional('useSupplement', 'canonical', 'A supplement whose designations and properties are to be used.', {
    max: '*',
  }),
  optional('tx-resource', 'Resource', 'A ValueSet or CodeSystem that goes before those stored here.', { max: '*' }),
  optional('system-version', 'canonical', 'url|version of a code system, where no version is named.', { max: '*' }),
  optional('check-system-version', 'canonical', 'url|version of a code system that must be found.', { max: '*' }),
  optional('force-system-version', 'canonical', 'url|version of a code system, whatever is named.', { max: '*' }),
];

/** Which code is meant. */
export const codeParameters: readonly ParameterDefinition[] = [
  optional('code', 'code', 'The code that is asked about.'),
  optional('display', 'string', 'What it is said to be called.'),
  optional('coding', 'Coding', 'Code, system, version and display together.'),
  optional('codeableConcept', 'CodeableConcept', 'Several codings of which one is enough.'),
  optional('inferSystem', 'boolean', 'The value set says the system of a code that comes without one.'),
  optional('abstract', 'boolean', 'Whether concepts that only group others are accepted; default true.'),
  optional('lenient-display-validation', 'boolean', 'A wrong display is a warning, not an error.'),
];

/** What a validation answers. */
export const validationAnswer: readonly ParameterDefinition[] = [
  { name: 'result', use: 'out', min: 1, max: 1, type: 'boolean', documentation: 'Whether the code is valid.' },
  { name: 'message', use: 'out', min: 0, max: 1, type: 'string', documentation: 'What is wrong, or to be noted.' },
  { name: 'display', use: 'out', min: 0, max: 1, type: 'string', documentation: 'What the concept is called.' },
  {
    name: 'issues',
    use: 'out',
    min: 0,
    max: 1,
    type: 'OperationOutcome',
    documentation: 'Each thing to be said, by itself.',
  },
];

/** @throws Fault `invalid-value` for a tx-resource of another type */
export function askedOf(input: Input, call: Pick<Call, 'headers'>): Asked {
  const resources = input.arguments('tx-resource').map(({ value, place }) => {
    if (value.resourceType === 'ValueSet' || value.resourceType === 'CodeSystem') return value as ValueSet | CodeSystem;
    throw new Fault('invalid-value', `A ${value.resourceType} says nothing about codes here.`, {
      expression: place,
      hint: 'Send ValueSets and CodeSystems.',
    });
  });
  return defined({
    resources,
    systemVersions: input.all<string>('system-version'),
    checkedVersions: input.all<string>('check-system-version'),
    forcedVersions: input.all<string>('force-system-version'),
    supplements: input.all<string>('useSupplement'),
    displayLanguage: input.one<string>('displayLanguage'),
    acceptLanguage: call.headers.acceptLanguage,
  });
}

/** The value set of the instance, of a parameter, or of a url. */
export function namedValueSet(input: Input, { id }: Pick<Call, 'id'>): NamedValueSet {
  return defined({
    id,
    url: input.one<string>('url'),
    version: input.one<string>('valueSetVersion'),
    valueSet: input.one<ValueSet>('valueSet'),
  });
}

/** What is to be validated, in what way. */
export function validationOf(
  input: Input,
): CodeQuestion & Pick<ValidateRequest, 'inferSystem' | 'abstract' | 'isLenientOnDisplay'> {
  return defined({
    code: input.one<string>('code'),
    display: input.one<string>('display'),
    coding: input.one('coding'),
    codeableConcept: input.one('codeableConcept'),
    inferSystem: input.one<boolean>('inferSystem'),
    abstract: input.one<boolean>('abstract'),
    isLenientOnDisplay: input.one<boolean>('lenient-display-validation'),
  });
}

/** Without members that are undefined. */
export function defined<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

/** The parameters of the answer as a resource. */
export function parametersOf(parameter: Parameters['parameter']): Parameters {
  return { resourceType: 'Parameters', ...(parameter?.length ? { parameter } : {}) };
}

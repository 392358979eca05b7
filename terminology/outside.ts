/**
 * A terminology server elsewhere, for code systems that are not at hand: asked only where the answer here is that the system
 * is not known, and never needed. What it cannot answer is answered as if it were not there, with a word about it.
 */
import type { FhirResource, OperationOutcome, Parameters, ParametersParameter, ValueSet } from 'fhir/r4.js';
import { type Context, Fault } from '../resources/index.ts';
import type { BoundQuestion } from './bindings.ts';
import type { ExpandRequest } from './expansion.ts';
import type { LookupRequest } from './lookup.ts';
import type { NamedValueSet } from './scope.ts';
import type { ValidateRequest } from './validation.ts';

/** Another terminology server. */
export interface Outside {
  /**
   * Asks one operation.
   * @param path `CodeSystem/$lookup` and the like
   * @returns the resource that it answers with; or why there is none, as the end of a sentence. Never throws
   */
  ask(path: string, question: Parameters, context: Context): Promise<OutsideAnswer>;
}

export type OutsideAnswer = { readonly resource: FhirResource } | { readonly because: string };

/** The questions that may go on to it. */
export interface Questions {
  expand(request: ExpandRequest, context: Context): Promise<ValueSet>;
  validateCode(request: ValidateRequest, context: Context): Promise<ParametersParameter[]>;
  lookUp(request: LookupRequest, context: Context): Promise<ParametersParameter[]>;
}

/** The rule of faults and issues that say that a code system is not known. */
export const UNKNOWN_SYSTEM = 'UNKNOWN_CODESYSTEM';

/**
 * The same questions, which go on to the other server where the code system, or the value set, is not known here.
 * @param valueSetOf the definition of a value set that is known here
 */
export function goingOn(
  here: Questions,
  outside: Outside,
  valueSetOf: (named: NamedValueSet, context: Context) => Promise<ValueSet | undefined>,
): Questions {
  const named = async (request: NamedValueSet, context: Context): Promise<ParametersParameter[]> => {
    const resource = await valueSetOf(request, context);
    if (resource) return [{ name: 'valueSet', resource }];
    return [
      ...(request.url === undefined ? [] : [{ name: 'url', valueUri: request.url }]),
      ...(request.version === undefined ? [] : [{ name: 'valueSetVersion', valueString: request.version }]),
    ];
  };
  return {
    async lookUp(request, context) {
      try {
        return await here.lookUp(request, context);
      } catch (error) {
        if (!isUnknownSystem(error)) throw error;
        const answer = await outside.ask('CodeSystem/$lookup', questionOf(lookupParameters(request)), context);
        const told = parametersOf(answer);
        if (told) return told;
        throw noted(error, answer);
      }
    },

    async validateCode(request, context) {
      const path = request.valueSet ? 'ValueSet/$validate-code' : 'CodeSystem/$validate-code';
      const ask = async () => {
        const set = request.valueSet ? await named(request.valueSet, context) : [];
        return outside.ask(path, questionOf([...set, ...codeParameters(request)]), context);
      };
      let own: ParametersParameter[];
      try {
        own = await here.validateCode(request, context);
      } catch (error) {
        if (!isUnknownSet(error)) throw error;
        const answer = await ask();
        const told = parametersOf(answer);
        if (told) return told;
        throw noted(error, answer);
      }
      if (!JSON.stringify(own).includes(UNKNOWN_SYSTEM)) return own;
      return parametersOf(await ask()) ?? own;
    },

    async expand(request, context) {
      try {
        return await here.expand(request, context);
      } catch (error) {
        if (!isUnknownSet(error) && !(error instanceof Fault && error.kind === 'not-supported')) throw error;
        const set = await named(request, context);
        const answer = await outside.ask(
          'ValueSet/$expand',
          questionOf([...set, ...expandParameters(request)]),
          context,
        );
        if ('resource' in answer && answer.resource.resourceType === 'ValueSet') return answer.resource;
        throw noted(error, answer);
      }
    },
  };
}

/** Whether a code is in a value set, as the other server says; undefined where it cannot say. */
export async function isInOutside(
  outside: Outside,
  valueSet: ValueSet,
  { system, code }: BoundQuestion,
  context: Context,
): Promise<boolean | undefined> {
  const question = questionOf([
    { name: 'valueSet', resource: valueSet },
    ...(system === undefined ? [] : [{ name: 'system', valueUri: system }]),
    { name: 'code', valueCode: code },
  ]);
  const told = parametersOf(await outside.ask('ValueSet/$validate-code', question, context));
  const result = told?.find(({ name }) => name === 'result')?.valueBoolean;
  return result === false && isUnsaid(told!) ? undefined : result;
}

/** Whether a no means that the other server does not know the system either. */
function isUnsaid(told: readonly ParametersParameter[]): boolean {
  const issues = told.find(({ name }) => name === 'issues')?.resource as OperationOutcome | undefined;
  if (issues) return (issues.issue ?? []).some(({ code }) => code === 'not-found');
  const message = told.find(({ name }) => name === 'message')?.valueString ?? '';
  return /code ?system/i.test(message) && /unknown|not found|not be found|not support|unable/i.test(message);
}

function isUnknownSystem(error: unknown): error is Fault {
  return error instanceof Fault && error.findings.some(({ rule }) => rule === UNKNOWN_SYSTEM);
}

/** A value set that is named by its url, and that nobody has here. */
function isUnknownSet(error: unknown): error is Fault {
  return (
    error instanceof Fault &&
    error.kind === 'not-found' &&
    error.findings.some(({ expression }) => expression === 'url')
  );
}

function noted(error: Fault, answer: OutsideAnswer): Fault {
  if (!('because' in answer)) return error;
  const [first, ...rest] = error.findings;
  const hint = `${first?.hint ? `${first.hint} ` : ''}The outside terminology server was asked: ${answer.because}.`;
  const findings = first ? [{ ...first, hint }, ...rest] : [];
  return new Fault(error.kind, error.message, { findings, cause: error });
}

function parametersOf(answer: OutsideAnswer): ParametersParameter[] | undefined {
  if (!('resource' in answer) || answer.resource.resourceType !== 'Parameters') return undefined;
  return answer.resource.parameter ?? [];
}

function questionOf(parameter: ParametersParameter[]): Parameters {
  return { resourceType: 'Parameters', parameter };
}

function lookupParameters(request: LookupRequest): ParametersParameter[] {
  const { properties, displayLanguage } = request;
  return [
    ...codingParameters(request),
    ...(properties ?? []).map((valueCode) => ({ name: 'property', valueCode })),
    ...languageParameters(displayLanguage),
  ];
}

function codeParameters(request: ValidateRequest): ParametersParameter[] {
  const { codeableConcept, display, displayLanguage, abstract, valueSet, systemVersion } = request;
  return [
    ...(codeableConcept ? [{ name: 'codeableConcept', valueCodeableConcept: codeableConcept }] : []),
    ...codingParameters(request, valueSet ? 'system' : 'url'),
    ...(systemVersion === undefined
      ? []
      : [{ name: valueSet ? 'systemVersion' : 'version', valueString: systemVersion }]),
    ...(display === undefined ? [] : [{ name: 'display', valueString: display }]),
    ...(abstract === undefined ? [] : [{ name: 'abstract', valueBoolean: abstract }]),
    ...languageParameters(displayLanguage),
  ];
}

function codingParameters(
  { coding, code, system, version }: Pick<LookupRequest, 'coding' | 'code' | 'system' | 'version'>,
  systemName = 'system',
): ParametersParameter[] {
  if (coding) return [{ name: 'coding', valueCoding: coding }];
  return [
    ...(code === undefined ? [] : [{ name: 'code', valueCode: code }]),
    ...(system === undefined ? [] : [{ name: systemName, valueUri: system }]),
    ...(version === undefined ? [] : [{ name: 'version', valueString: version }]),
  ];
}

function expandParameters(request: ExpandRequest): ParametersParameter[] {
  const { filter, offset, count, activeOnly, includeDesignations, displayLanguage } = request;
  return [
    ...(filter === undefined ? [] : [{ name: 'filter', valueString: filter }]),
    ...(offset === undefined ? [] : [{ name: 'offset', valueInteger: offset }]),
    ...(count === undefined ? [] : [{ name: 'count', valueInteger: count }]),
    ...(activeOnly === undefined ? [] : [{ name: 'activeOnly', valueBoolean: activeOnly }]),
    ...(includeDesignations === undefined ? [] : [{ name: 'includeDesignations', valueBoolean: includeDesignations }]),
    ...languageParameters(displayLanguage),
  ];
}

function languageParameters(displayLanguage: string | undefined): ParametersParameter[] {
  return displayLanguage === undefined ? [] : [{ name: 'displayLanguage', valueCode: displayLanguage }];
}

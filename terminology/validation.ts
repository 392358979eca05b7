/**
 * `$validate-code`: is this a code of the system, is it in the value set, is it called so?
 * https://hl7.org/fhir/R4/valueset-operation-validate-code.html
 */
import type {
  CodeableConcept,
  CodeSystem,
  Coding,
  OperationOutcome,
  ParametersParameter,
  Resource,
  ValueSet,
} from 'fhir/r4.js';
import { type Context, Fault, parseCanonical } from '../resources/index.ts';
import type { DefinitionName } from '../store/index.ts';
import { type Checked, type CodingPlace, checkCoding, type Standing } from './coding-check.ts';
import { type Composition, compose, systemsIn, termOf } from './composition.ts';
import { requireFilters } from './expansion.ts';
import { cautioned, type Issue, messageOf, noneInValueSet, toIssue } from './issues.ts';
import { holds } from './membership.ts';
import { type Asked, languagesOf, type NamedValueSet, requireVersions, scopeOf, valueSetScope } from './scope.ts';
import type { Shelf } from './shelf.ts';
import type { Shelves } from './shelves.ts';
import { cautionOf, usedBy, versioned } from './used.ts';

/** What is validated: one of the three. */
export interface CodeQuestion {
  readonly code?: string;
  readonly system?: string;
  readonly systemVersion?: string;
  readonly display?: string;
  readonly coding?: Coding;
  readonly codeableConcept?: CodeableConcept;
}

export interface ValidateRequest extends Asked, CodeQuestion {
  /** undefined: any code of the code system will do. */
  readonly valueSet?: NamedValueSet;
  /** A code system that was sent, or is stored under this id. */
  readonly codeSystem?: CodeSystem;
  readonly codeSystemId?: string;
  readonly inferSystem?: boolean;
  /** Whether concepts that group others will do; default true. */
  readonly abstract?: boolean;
  readonly isLenientOnDisplay?: boolean;
}

/**
 * The answer as parameters: `result` and what it stands on.
 * @throws Fault `not-found` for a value set that is not there, `invalid-request` where no code is named
 */
export async function validateCode(
  request: ValidateRequest,
  shelves: Shelves,
  context: Context,
): Promise<ParametersParameter[]> {
  const { valueSet: named } = request;
  const scope: Scoped = named
    ? await valueSetScope(named, request, shelves, context)
    : await systemScope(request, shelves, context);
  if (scope.valueSet) requireFilters(scope.valueSet);
  return shelves.settle(() => judged(request, scope), context);
}

function judged(request: ValidateRequest, scope: Scoped): ParametersParameter[] {
  const { shelf, valueSet } = scope;
  const composition = valueSet && compose(valueSet, shelf);
  const standing: Standing = {
    shelf,
    composition,
    languages: languagesOf(request, valueSet),
    takesAbstract: request.abstract !== false,
    isLenient: request.isLenientOnDisplay === true,
  };
  const checked = codingsOf(request, scope.system).map(([coding, place]) =>
    checkCoding(inferred(coding, request, composition), place, standing),
  );
  const used = composition ? usedBy(composition).systems : checked.flatMap(({ system }) => system ?? []);
  requireVersions(request, used);
  return answerOf(request, checked, standing);
}

/** What the question stands on; `system`: the one that is meant where a code comes without. */
type Scoped = { shelf: Shelf; valueSet?: ValueSet; system?: string };

async function systemScope(request: ValidateRequest, shelves: Shelves, context: Context): Promise<Scoped> {
  const { codeSystem, codeSystemId, coding, codeableConcept } = request;
  const urls = [request.system, coding?.system, ...(codeableConcept?.coding ?? []).map(({ system }) => system)];
  const names = urls.flatMap((url): DefinitionName[] =>
    url === undefined ? [] : [{ type: 'CodeSystem', url: parseCanonical(url).url }],
  );
  if (codeSystemId !== undefined) names.push({ type: 'CodeSystem', id: codeSystemId });
  const resources = codeSystem ? [...(request.resources ?? []), codeSystem] : request.resources;
  const { shelf } = await scopeOf({ ...request, ...(resources ? { resources } : {}) }, names, shelves, context);
  if (codeSystemId === undefined)
    return { shelf, ...(codeSystem?.url === undefined ? {} : { system: codeSystem.url }) };
  const stored = shelf.found.find(({ type, id }) => type === 'CodeSystem' && id === codeSystemId);
  const url = (stored?.resource as CodeSystem | undefined)?.url;
  if (!stored) throw new Fault('not-found', `CodeSystem/${codeSystemId} does not exist.`);
  return { shelf, ...(url === undefined ? {} : { system: url }) };
}

/** @param own the system that is meant where a code comes without one */
function codingsOf(request: ValidateRequest, own: string | undefined): [Coding, CodingPlace][] {
  const { code, system = own, systemVersion, display, coding, codeableConcept } = request;
  if (codeableConcept) {
    return (codeableConcept.coding ?? []).map((one, index) => {
      const at = `CodeableConcept.coding[${index}]`;
      return [
        withSystem(one, own),
        { whole: at, code: `${at}.code`, system: `${at}.system`, display: `${at}.display` },
      ];
    });
  }
  if (coding) {
    const place = { whole: 'Coding', code: 'Coding.code', system: 'Coding.system', display: 'Coding.display' };
    return [[withSystem(coding, own), place]];
  }
  if (code === undefined) {
    throw new Fault('invalid-request', 'There is no code to validate.', {
      expression: 'code',
      hint: 'Send `code` with `system`, or `coding`, or `codeableConcept`.',
    });
  }
  const one: Coding = {
    code,
    ...(system === undefined ? {} : { system }),
    ...(systemVersion === undefined ? {} : { version: systemVersion }),
    ...(display === undefined ? {} : { display }),
  };
  return [[one, { whole: 'code', code: 'code', system: 'system', display: 'display' }]];
}

function withSystem(coding: Coding, system: string | undefined): Coding {
  return coding.system === undefined && system !== undefined ? { ...coding, system } : coding;
}

/** The coding with the one system of the value set that has its code, where that was asked for. */
function inferred(
  coding: Coding,
  { inferSystem }: ValidateRequest,
  composition: Composition | undefined,
): Coding & { readonly candidates?: readonly string[] } {
  if (coding.system !== undefined || !composition || coding.code === undefined) return coding;
  const { code } = coding;
  const candidates = [...systemsIn(composition)].filter((url) => holds(termOf(composition, url), code) === true);
  const [only] = candidates;
  return inferSystem && candidates.length === 1 ? { ...coding, system: only! } : { ...coding, candidates };
}

function answerOf(request: ValidateRequest, checked: readonly Checked[], standing: Standing): ParametersParameter[] {
  const best = checked.find(({ isIn }) => isIn) ?? checked[0];
  const issues = [
    ...checked.flatMap((one) => issuesOf(one, checked)),
    ...summary(checked, request, standing),
    ...cautions(standing, best),
  ];
  const hasErrors = issues.some(({ severity }) => severity === 'error');
  const message = messageOf(issues);
  const { coding, concept, display, unknown } = best ?? {};
  const isCoded = request.codeableConcept === undefined || best?.isIn;
  return [
    { name: 'result', valueBoolean: best?.isIn === true && !hasErrors },
    ...(request.codeableConcept ? [{ name: 'codeableConcept', valueCodeableConcept: request.codeableConcept }] : []),
    ...(isCoded && coding?.code !== undefined ? [{ name: 'code', valueCode: coding.code }] : []),
    ...(isCoded && coding?.system !== undefined ? [{ name: 'system', valueUri: coding.system }] : []),
    ...(best?.system?.version !== undefined ? [{ name: 'version', valueString: best.system.version }] : []),
    ...(display === undefined ? [] : [{ name: 'display', valueString: display }]),
    ...(concept && coding?.code !== concept.code ? [{ name: 'normalized-code', valueCode: concept.code }] : []),
    ...(best?.isInactive ? [{ name: 'inactive', valueBoolean: true }] : []),
    ...(best?.isInactive && best.status && best.status !== 'inactive'
      ? [{ name: 'status', valueCode: best.status }]
      : []),
    ...(unknown ? [{ name: unknown.parameter, valueCanonical: unknown.system }] : []),
    ...(message === undefined ? [] : [{ name: 'message', valueString: message }]),
    ...(issues.length === 0 ? [] : [{ name: 'issues', resource: outcomeOf(issues) }]),
  ];
}

/** In a concept with several codings one that is in the value set is enough; the others need only be right. */
function issuesOf({ issues }: Checked, checked: readonly Checked[]): readonly Issue[] {
  if (checked.length < 2) return issues;
  return issues.filter(({ kind }) => kind !== 'not-in-vs');
}

function summary(checked: readonly Checked[], { valueSet }: ValidateRequest, { composition }: Standing): Issue[] {
  if (!valueSet || !composition || checked.length < 2 || checked.some(({ isIn }) => isIn)) return [];
  const named = checked.map(({ coding }) => ({ system: coding.system, code: coding.code ?? '' }));
  return [noneInValueSet(named, versioned(composition.valueSet))];
}

function cautions({ composition }: Standing, best: Checked | undefined): Issue[] {
  const by = composition?.valueSet;
  const sets = composition ? [composition.valueSet, ...usedBy(composition).valueSets] : [];
  const told = [
    ...(best?.system ? [['CodeSystem', best.system.about] as const] : []),
    ...sets.map((one) => ['ValueSet', one] as const),
  ];
  return told.flatMap(([type, one]) => {
    const caution = by && cautionOf(one, by);
    return caution ? [cautioned(caution, `${type} ${versioned(one)}`)] : [];
  });
}

function outcomeOf(issues: readonly Issue[]): Resource {
  return { resourceType: 'OperationOutcome', issue: issues.map(toIssue) } as OperationOutcome;
}

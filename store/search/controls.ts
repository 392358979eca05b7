/** Parameters that shape the result and select nothing. https://hl7.org/fhir/R4/search.html#return */
import {
  Fault,
  type Finding,
  isResourceType,
  nearest,
  ownParameters,
  type ParameterSource,
  type SearchParameter,
} from '../../resources/index.ts';
import { byType } from './criterion.ts';
import { sortKey } from './sort-key.ts';
import type { Include, Query, Search, SearchLimits, SortKey } from './tree.ts';

/** Names of all of them. The door obeys `_format` and `_pretty`. */
export const CONTROLS: ReadonlySet<string> = new Set([
  '_count',
  '_sort',
  '_total',
  '_maxresults',
  '_include',
  '_revinclude',
  '_summary',
  '_elements',
  '_type',
  '_contained',
  '_containedType',
  '_page',
  '_format',
  '_pretty',
  '_explain',
]);

/** Keys that one `_sort` may have. */
const SORT_MAX = 8;

/** The value of a control that may stand only once. @throws Fault `invalid-request` */
export function single(query: Query, name: string): string | undefined {
  const values = query.flatMap(([key, value]) => (key === name ? [value] : []));
  if (values.length < 2) return values[0];
  throw new Fault('invalid-request', `${name} is given ${values.length} times.`, {
    expression: name,
    hint: 'Give it once.',
  });
}

/** Matches a page, and what to tell where it was cut. @throws Fault `invalid-value` */
export function parseCount(text: string | undefined, limits: SearchLimits): { count: number; capped?: Finding } {
  if (text === undefined) return { count: limits.countDefault };
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw invalid(
      '_count',
      text,
      `Write a whole number from 0 to ${limits.countMax}; 0 asks for the number of matches only.`,
    );
  }
  const count = Number(text);
  if (count <= limits.countMax) return { count };
  return {
    count: limits.countMax,
    capped: {
      kind: 'too-costly',
      severity: 'information',
      text: `A page has at most ${limits.countMax} matches, not ${text}.`,
      expression: '_count',
      hint: 'Follow the next link for more.',
    },
  };
}

/** Matches on all pages together; undefined for all that there are. @throws Fault `invalid-value` */
export function parseMaxResults(text: string | undefined): number | undefined {
  if (text === undefined || /^0*[1-9][0-9]{0,14}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw invalid('_maxresults', text, 'Write a whole number from 1; _count=0 asks for the number of matches only.');
}

/** @throws Fault `invalid-value` */
export function parseTotal(text: string | undefined): Search['total'] {
  if (text === undefined || text === 'none' || text === 'estimate' || text === 'accurate') return text;
  throw invalid('_total', text, 'Write none, estimate or accurate.');
}

/** `_explain=true`. @throws Fault `invalid-value` */
export function parseExplain(text: string | undefined): boolean {
  if (text === undefined || text === 'false' || text === 'true') return text === 'true';
  throw invalid('_explain', text, 'Write true for the plan of the search in place of its results.');
}

/** `-date,subject:Patient.family`. @throws Fault `unknown-parameter`, `not-supported`, `too-costly` */
export function parseSort(types: readonly string[], value: string, source: ParameterSource = ownParameters): SortKey[] {
  const keys = value.split(',');
  if (keys.length > SORT_MAX) throw new Fault('too-costly', `_sort may have ${SORT_MAX} keys, not ${keys.length}.`);
  return keys.map((key) => {
    const descending = key.startsWith('-');
    return sortKey(types, descending ? key.slice(1) : key, descending, source);
  });
}

export function isInclude(name: string): boolean {
  return /^_(?:rev)?include(?::|$)/.test(name);
}

/**
 * One `_include` or `_revinclude`.
 * @throws Fault `invalid-value`, `unknown-parameter`, `unsupported-modifier`
 */
export function parseInclude(
  types: readonly string[],
  name: string,
  value: string,
  from: ParameterSource = ownParameters,
): Include {
  const [control, modifier] = name.split(':', 2) as [string, string?];
  // `recurse` is what DSTU2 and STU3 called it.
  const iterate = modifier === 'iterate' || modifier === 'recurse';
  if (modifier !== undefined && !iterate) {
    throw new Fault('unsupported-modifier', `${control} has no modifier :${modifier.slice(0, 64)}.`, {
      expression: name.slice(0, 80),
      hint: 'Its only modifier is :iterate.',
    });
  }
  const reverse = control === '_revinclude';
  const [source = '', code, target, ...more] = value.split(':');
  if (source === '*' && code === undefined) {
    return { reverse, iterate, source: undefined, parameter: undefined, target: undefined };
  }
  if (code === undefined || more.length > 0) {
    throw invalid(name, value, 'Write [type]:[parameter] or [type]:[parameter]:[target type], or *.');
  }
  requireType(name, value, source);
  if (target !== undefined) requireType(name, value, target);
  const parameter = code === '*' ? undefined : referenceParameter(source, code, name, from);
  const leads = parameter?.targets ?? [];
  if (target !== undefined && leads.length > 0 && !leads.includes(target)) {
    throw invalid(name, value, `${source}.${code} refers to ${leads.join(', ')} only.`);
  }
  if (!iterate) requireUse(types, name, value, { reverse, source, target, leads });
  return { reverse, iterate, source, parameter, target };
}

/** An include that cannot lead from any match to anything is a mistake, and the caller would never see it. */
function requireUse(
  types: readonly string[],
  name: string,
  value: string,
  {
    reverse,
    source,
    target,
    leads,
  }: { reverse: boolean; source: string; target: string | undefined; leads: readonly string[] },
): void {
  if (!reverse && !types.includes(source)) {
    throw invalid(
      name,
      value,
      `The matches are of type ${types.slice(0, 5).join(', ')}; to go on from what is included, use _include:iterate.`,
    );
  }
  const ends = target === undefined ? leads : [target];
  if (reverse && ends.length > 0 && !ends.some((end) => types.includes(end))) {
    throw invalid(
      name,
      value,
      `It refers to ${ends.join(', ')}, and the matches are of type ${types.slice(0, 5).join(', ')}.`,
    );
  }
}

function requireType(name: string, value: string, type: string): void {
  if (!isResourceType(type)) throw invalid(name, value, `${JSON.stringify(type.slice(0, 64))} is no resource type.`);
}

function referenceParameter(type: string, code: string, name: string, source: ParameterSource): SearchParameter {
  const parameters = source.of(type);
  const parameter = parameters.get(code);
  if (parameter?.type === 'reference') return byType([type], code, name, source).get(type)!;
  const known = [...parameters.values()].filter((one) => one.type === 'reference').map((one) => one.code);
  const near = nearest(code, known) ?? nearest(code, parameters.keys());
  const text = parameter
    ? `${name}: ${code} of ${type} is of type ${parameter.type}, not reference.`
    : `${name}: ${type} has no search parameter ${JSON.stringify(code.slice(0, 64))}.`;
  throw new Fault('unknown-parameter', text, {
    expression: name.slice(0, 80),
    hint: near ? `Did you mean ${near}?` : `References of ${type}: ${known.join(', ')}.`,
  });
}

function invalid(name: string, value: string, hint: string): Fault {
  return new Fault('invalid-value', `${name}=${value.slice(0, 80)} is not valid.`, {
    expression: name.slice(0, 80),
    hint,
  });
}

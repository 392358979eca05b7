/** One parameter of a query → one condition of the tree. https://hl7.org/fhir/R4/search.html#modifiers, #chaining, #has */
import {
  Fault,
  isResourceType,
  modifiersOf,
  nearest,
  ownParameters,
  type ParameterSource,
  resourceTypes,
  type SearchParameter,
} from '../../resources/index.ts';
import { splitUnescaped, unescaped } from './escape.ts';
import type { ByType, Criterion } from './tree.ts';

/** References that one condition may follow, and values that one may have. */
export const DEPTH_MAX = 5;
const VALUES_MAX = 1000;
const VALUE_LENGTH_MAX = 5000;

/** Parameters of R4 that are not offered, and what to do without them. */
const NOT_OFFERED: ReadonlyMap<string, string> = new Map([
  ['_filter', 'A filter stands alone, and follows references by itself: _filter=subject.name co "peter".'],
  ['_query', 'There are no named queries here.'],
  ['_score', 'Results of _text and _content are sorted by it: _sort=-_score.'],
]);

/**
 * Reads `name=value` for resources of these types.
 * @throws Fault `unknown-parameter`, `not-supported`, `unsupported-modifier`, `invalid-value`, `too-costly`
 */
export function parseCriterion(
  types: readonly string[],
  name: string,
  value: string,
  known: ParameterSource = ownParameters,
  depth = 0,
): Criterion {
  const shown = name.slice(0, 120);
  if (depth > DEPTH_MAX) {
    throw new Fault('too-costly', `${shown} follows more than ${DEPTH_MAX} references.`, { expression: shown });
  }
  if (name.startsWith('_has:')) return parseHas(types, name, value, known, depth);
  if (name === '_list') return parseList(value);
  const dot = name.indexOf('.');
  const [code, modifier, ...more] = (dot < 0 ? name : name.slice(0, dot)).split(':') as [string, string?, ...string[]];
  if (more.length > 0) throw unsupported(shown, `${code} has more than one modifier.`, undefined);
  if (dot >= 0) return parseChain(types, { name, code, modifier, rest: name.slice(dot + 1) }, value, known, depth);
  const by = byType(types, code, shown, known);
  for (const parameter of by.values()) requireModifier(parameter, modifier, shown);
  if (modifier === 'missing') return { kind: 'missing', code, by, missing: parseMissing(name, value) };
  return { kind: 'values', code, by, modifier, values: parseValues(shown, value) };
}

/**
 * The parameter that a code means on each of the types.
 * @param shown how the caller wrote it
 * @throws Fault `unknown-parameter`, `not-supported`
 */
export function byType(
  types: readonly string[],
  code: string,
  shown: string,
  known: ParameterSource = ownParameters,
): ByType {
  const notOffered = NOT_OFFERED.get(code);
  if (notOffered !== undefined) {
    throw new Fault('not-supported', `The search parameter ${code} is not offered.`, {
      expression: shown,
      hint: notOffered,
    });
  }
  const by = new Map<string, SearchParameter>();
  for (const type of types) {
    const parameter = known.of(type).get(code);
    if (!parameter) throw unknown(type, types, code, shown, known);
    requireBuilt(parameter, shown);
    by.set(type, parameter);
  }
  const kindsFound = new Set([...by.values()].map((parameter) => parameter.type));
  if (kindsFound.size <= 1) return by;
  throw new Fault(
    'not-supported',
    `${shown} means different things on the types that are searched (${[...kindsFound].join(', ')}).`,
    {
      expression: shown,
      hint: 'Search one type, or name fewer in _type.',
    },
  );
}

/**
 * The types that a chain goes on with.
 * @param shown how the caller wrote it
 * @throws Fault `not-supported`, `unsupported-modifier`
 */
export function targetsOf(parameter: SearchParameter, modifier: string | undefined, shown: string): readonly string[] {
  if (parameter.type !== 'reference') {
    throw new Fault(
      'not-supported',
      `${shown}: ${parameter.code} is of type ${parameter.type}, and only references can be followed.`,
      {
        expression: shown,
      },
    );
  }
  if (modifier === undefined) return parameter.targets.length > 0 ? parameter.targets : resourceTypes();
  if (!isResourceType(modifier))
    throw unsupported(shown, `${parameter.code}:${modifier.slice(0, 64)} names no resource type.`, undefined);
  requireModifier(parameter, modifier, shown);
  return [modifier];
}

/**
 * The parameter of `source` that refers to one of the types.
 * @param shown how the caller wrote it
 * @throws Fault `unknown-parameter`, `not-supported`
 */
export function referring(
  types: readonly string[],
  source: string,
  code: string,
  shown: string,
  known: ParameterSource = ownParameters,
): SearchParameter {
  const [parameter] = byType([source], code, shown, known).values();
  const refers = parameter!.targets.length === 0 || parameter!.targets.some((target) => types.includes(target));
  if (parameter!.type === 'reference' && refers) return parameter!;
  const text = `${shown}: ${code} of ${source} does not refer to ${types.slice(0, 3).join(', ')}.`;
  throw new Fault('not-supported', text, { expression: shown });
}

/** A search by a part of the index would leave out matches, and nobody would know. */
function requireBuilt({ code, base, url, custom }: SearchParameter, shown: string): void {
  if (!custom?.building) return;
  const { done, total } = custom.building;
  const share = total === 0 ? 0 : Math.min(99, Math.floor((100 * done) / total));
  throw new Fault(
    'not-ready',
    `The search parameter ${code} of ${base} is being built: ${share} % of ${base} ${share === 1 ? 'is' : 'are'} indexed.`,
    { expression: shown, hint: `It was added by ${url}. Try again later.`, headers: { 'Retry-After': '5' } },
  );
}

function unknown(type: string, types: readonly string[], code: string, shown: string, known: ParameterSource): Fault {
  const near = nearest(code, known.of(type).keys());
  const unused = known.unused?.(type, code);
  const text = `${type} has no search parameter ${JSON.stringify(code.slice(0, 64))}.`;
  return new Fault('unknown-parameter', text, {
    expression: shown,
    hint: unused
      ? unused
      : near
        ? `Did you mean ${near}?`
        : types.length > 1
          ? 'A search over several types takes only parameters that all of them have.'
          : 'GET metadata lists the parameters of each type.',
  });
}

/** Members of Lists. https://hl7.org/fhir/R4/search.html#list */
function parseList(value: string): Criterion {
  const ids = parseValues('_list', value).map((one) => unescaped(one).replace(/^List\//, ''));
  for (const id of ids) {
    if (/^[A-Za-z0-9\-.]{1,64}$/.test(id)) continue;
    if (id.startsWith('$')) {
      throw new Fault('not-supported', `_list=${id.slice(0, 80)}: lists that a server works out are not offered.`, {
        expression: '_list',
        hint: 'Search by status and date, for example clinical-status=active, or name a List by its id.',
      });
    }
    throw new Fault('invalid-value', `_list=${id.slice(0, 80)} is not the id of a List.`, {
      expression: '_list',
      hint: 'Write the id alone, for example _list=42.',
    });
  }
  return { kind: 'list', ids };
}

function parseMissing(name: string, value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new Fault('invalid-value', `${name.slice(0, 80)}=${value.slice(0, 80)} is not valid.`, {
    expression: name.slice(0, 80),
    hint: 'Write true for resources without a value, false for those with one.',
  });
}

function requireModifier(parameter: SearchParameter, modifier: string | undefined, shown: string): void {
  if (modifier === undefined) return;
  const own = modifiersOf(parameter);
  if (own.includes(modifier)) return;
  if (parameter.type === 'reference' && isResourceType(modifier)) {
    if (parameter.targets.length === 0 || parameter.targets.includes(modifier)) return;
    const hint = `It refers to ${parameter.targets.join(', ')}.`;
    throw unsupported(shown, `${parameter.code} never refers to ${modifier}.`, hint);
  }
  const near = nearest(modifier, own);
  const offered = own.length > 0 ? `It takes ${own.map((one) => `:${one}`).join(', ')}.` : 'It takes none.';
  const hint = near ? `Did you mean :${near}?` : offered;
  throw unsupported(
    shown,
    `${parameter.code} (${parameter.type}) has no modifier :${modifier.slice(0, 64)} here.`,
    hint,
  );
}

function unsupported(shown: string, text: string, hint: string | undefined): Fault {
  return new Fault('unsupported-modifier', text, { expression: shown, ...(hint === undefined ? {} : { hint }) });
}

function parseValues(shown: string, value: string): string[] {
  const values = splitUnescaped(value, ',');
  if (values.some((one) => one === '')) {
    throw new Fault('invalid-value', `${shown} has ${value === '' ? 'no value' : 'an empty value'}.`, {
      expression: shown,
      hint: 'Leave it out, or write a comma that belongs to the value as \\,.',
    });
  }
  if (value.includes('\0')) {
    throw new Fault('invalid-value', `${shown} holds the character NUL, which no FHIR string may hold.`, {
      expression: shown,
    });
  }
  if (values.length > VALUES_MAX) {
    throw new Fault('too-costly', `${shown} has ${values.length} values; ${VALUES_MAX} are possible.`, {
      expression: shown,
    });
  }
  if (values.some((one) => one.length > VALUE_LENGTH_MAX)) {
    throw new Fault('too-costly', `A value of ${shown} is longer than ${VALUE_LENGTH_MAX} characters.`, {
      expression: shown,
    });
  }
  return [...new Set(values)];
}

interface ChainName {
  readonly name: string;
  readonly code: string;
  readonly modifier: string | undefined;
  readonly rest: string;
}

function parseChain(
  types: readonly string[],
  { name, code, modifier, rest }: ChainName,
  value: string,
  known: ParameterSource,
  depth: number,
): Criterion {
  const shown = name.slice(0, 120);
  const by = byType(types, code, shown, known);
  const targets = new Map<string, Criterion>();
  let refusal: unknown;
  for (const type of new Set([...by.values()].flatMap((parameter) => targetsOf(parameter, modifier, shown)))) {
    try {
      targets.set(type, parseCriterion([type], rest, value, known, depth + 1));
    } catch (error) {
      // A reference to several types follows those that know the parameter.
      if (!(error instanceof Fault) || error.kind !== 'unknown-parameter') throw error;
      refusal ??= error;
    }
  }
  if (targets.size === 0) throw refusal;
  return { kind: 'chain', code, by, targets };
}

function parseHas(
  types: readonly string[],
  name: string,
  value: string,
  known: ParameterSource,
  depth: number,
): Criterion {
  const shown = name.slice(0, 120);
  const [, source = '', code = '', ...rest] = name.split(':');
  if (!isResourceType(source) || rest.length === 0) {
    throw new Fault('invalid-value', `${shown} is not a reverse chain.`, {
      expression: shown,
      hint: 'Write _has:[type]:[reference parameter]:[search parameter], for example _has:Observation:patient:code.',
    });
  }
  const parameter = referring(types, source, code, shown, known);
  const inner = parseCriterion([source], rest.join(':'), value, known, depth + 1);
  return { kind: 'has', source, parameter, inner };
}

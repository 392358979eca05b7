/** `_explain=true`: how a search is carried out, in place of its results, as Parameters. Vesta's own; for administrators. */
import type { ParametersParameter } from 'fhir/r4.js';
import { type Context, Fault } from '../resources/index.ts';
import type { Search, Store } from '../store/index.ts';
import type { Answer } from './interaction.ts';

/** @throws Fault `forbidden` for whoever does not administer the server: a plan tells how many rows there are */
export async function explainAnswer(search: Search, { records }: Store, context: Context): Promise<Answer> {
  if (context.access.administers !== true) {
    throw new Fault('forbidden', 'Only administrators may see how a search is carried out.', {
      expression: '_explain',
      hint: 'Leave _explain out.',
    });
  }
  const { sql, binds, plan, planningMs, executionMs } = await records.explain(context.access, search, context);
  const parameter: ParametersParameter[] = [
    { name: 'tree', valueString: JSON.stringify(treeOf(search), undefined, 2) },
    { name: 'sql', valueString: sql },
    ...(binds.length > 0 ? [{ name: 'binds', part: binds.map((bind, index) => named(`$${index + 1}`, bind)) }] : []),
    { name: 'plan', valueString: plan.join('\n') },
    ...(planningMs === undefined ? [] : [milliseconds('planning', planningMs)]),
    ...(executionMs === undefined ? [] : [milliseconds('execution', executionMs)]),
  ];
  return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter }) };
}

/** What the URL was understood to ask, without what says nothing. */
function treeOf({
  types,
  everything,
  compartment,
  among,
  criteria,
  sort,
  count,
  maxResults,
  total,
  includes,
}: Search): object {
  return plain({
    types: everything ? '*' : types,
    compartment,
    among,
    conditions: criteria,
    sort: sort.map(({ code, descending }) => (descending ? `-${code}` : code)),
    count,
    maxResults,
    total,
    includes,
  }) as object;
}

/** Maps as objects, search parameters by their codes. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('slots' in value && 'code' in value) return value.code;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

/** A string of FHIR is never empty. */
function named(name: string, value: string): ParametersParameter {
  return value.trim() === '' ? { name } : { name, valueString: value };
}

function milliseconds(name: string, value: number): ParametersParameter {
  return {
    name,
    valueQuantity: { value, unit: 'ms', system: 'http://unitsofmeasure.org', code: 'ms' },
  };
}

/**
 * Definitions into code: one function for each type and backbone element, written when it is first needed.
 * The functions switch over the keys that are there instead of asking for each that could be: an Observation is
 * judged in less than half the time that JSON.parse takes for it.
 */
import { type ElementDef, type JsonKey, jsonKeys, type TypeDef, typeDef } from '../resources/index.ts';
import { codesOf } from '../terminology/index.ts';
import { formats } from './formats.ts';
import type { Checker } from './report.ts';

/**
 * The checker of a resource, datatype or backbone element.
 * It calls the report for each fault and each Reference; the way it is given leads to the object that it checks.
 * @throws Error for a type that R4 does not have
 */
export function checkerOf(type: string): Checker {
  return checkers[numberOf(type)]!;
}

/** What generated code refers to by number. */
const checkers: Checker[] = [];
const sets: ReadonlySet<string>[] = [];
const numbers = new Map<string, number>();

function numberOf(type: string): number {
  let number = numbers.get(type);
  if (number === undefined) {
    typeDef(type);
    number = checkers.length;
    const own = number;
    numbers.set(type, own);
    checkers.push((value, report, way) => {
      const compiled = compile(typeDef(type));
      checkers[own] = compiled;
      compiled(value, report, way);
    });
  }
  return number;
}

function setNumber(set: ReadonlySet<string>): number {
  const known = sets.indexOf(set);
  return known >= 0 ? known : sets.push(set) - 1;
}

const targetSets = new Map<string, ReadonlySet<string>>();

function targetSet(targets: readonly string[]): ReadonlySet<string> {
  const key = targets.join(' ');
  let set = targetSets.get(key);
  if (!set) {
    set = new Set(targets);
    targetSets.set(key, set);
  }
  return set;
}

function compile(type: TypeDef): Checker {
  const required = type.elements.filter((element) => element.min > 0);
  const choices = type.elements.filter((element) => element.choice);
  const tests = new Set<string>();
  const cases = type.elements.flatMap((element) => {
    const bit = required.indexOf(element);
    const mark = bit < 0 ? '' : `seen |= ${1 << bit};`;
    return jsonKeys(element).flatMap((key) => casesOf(element, key, mark, tests));
  });
  const name = JSON.stringify(type.name);
  const source = `
    ${[...tests].map((test) => `const is_${test} = formats.${test};`).join('\n')}
    return function check(o, r, at) {
      let any = false;
      let seen = 0;
      ${choices.map((element) => `let as_${element.name} = '';`).join('\n')}
      for (const k in o) {
        const v = o[k];
        any = true;
        switch (k) {
          ${type.kind === 'resource' ? "case 'resourceType': break;" : ''}
          ${cases.join('\n')}
          default: r.unknown(at, k, ${name});
        }
      }
      ${type.kind === 'resource' ? 'if (!any && at !== undefined) return;' : 'if (!any) r.empty(at);'}
      ${required.length > 0 ? `else if (seen !== ${2 ** required.length - 1}) r.missing(at, seen, ${name});` : ''}
    };`;
  return new Function('formats', 'checkers', 'sets', source)(formats, checkers, sets) as Checker;
}

/** The case of a member, and that of the member with the underscore beside a primitive. */
function casesOf(element: ElementDef, key: JsonKey, mark: string, tests: Set<string>): string[] {
  const member = JSON.stringify(key.key);
  const name = JSON.stringify(element.name);
  const as = `as_${element.name}`;
  const choice = element.choice
    ? `if (${as} !== '' && ${as} !== ${member}) r.twice(at, ${name}, ${as}, ${member}); ${as} = ${member};`
    : '';
  const before = `${mark} ${choice}`;
  const isPrimitive = key.inside === undefined && key.type.code !== 'Resource';
  const isList = element.max > 1;
  const own = isPrimitive
    ? primitiveCode(element, key, isList, tests)
    : isList
      ? listCode(element, key, name)
      : objectCode(element, key, name, 'v', '-1');
  const cases = [`case ${member}: ${before} ${own} break;`];
  // An id and the url of an extension are attributes in XML: they have no extensions.
  if (isPrimitive && element.name !== 'id' && element.path !== 'Extension.url') {
    const beside = isList
      ? `r.extensions(o, ${member}, at);`
      : `if (${isObject('v')}) checkers[${numberOf('Element')}](v, r, ${wayCode(name, '-1')}); else r.noObject(at, ${name}, -1, v, 'Element');`;
    cases.push(`case ${JSON.stringify(`_${key.key}`)}: ${before} ${beside} break;`);
  }
  return cases;
}

function primitiveCode(element: ElementDef, { key, type }: JsonKey, isList: boolean, tests: Set<string>): string {
  const code = type.code;
  const name = JSON.stringify(element.name);
  const set = code === 'code' && element.codes ? `sets[${setNumber(codesOf(element.codes))}]` : undefined;
  if (!set) tests.add(code);
  if (isList) return `r.primitives(o, ${JSON.stringify(key)}, at, ${set ?? `is_${code}`}, '${code}');`;
  if (set) return `if (!${set}.has(v)) r.wrongCode(at, ${name}, -1, v, ${set});`;
  const isWhole = ['integer', 'positiveInt', 'unsignedInt'].includes(code);
  const whole = isWhole
    ? ` else if (r.digits !== undefined) r.whole(o, ${JSON.stringify(key)}, at, ${name}, '${code}');`
    : '';
  return `if (!is_${code}(v)) r.wrong(at, ${name}, -1, v, '${code}');${whole}`;
}

function listCode(element: ElementDef, key: JsonKey, name: string): string {
  const bound = Number.isFinite(element.max) ? ` && v.length <= ${element.max}` : '';
  return `if (Array.isArray(v) && v.length > 0${bound}) {
    for (let i = 0; i < v.length; i++) { const x = v[i]; ${objectCode(element, key, name, 'x', 'i')} }
  } else r.noList(at, ${name}, v);`;
}

function objectCode(
  element: ElementDef,
  { type, inside }: JsonKey,
  name: string,
  value: string,
  index: string,
): string {
  if (inside === undefined) return `r.resource(at, ${name}, ${index}, ${value});`;
  const check = `checkers[${numberOf(inside)}](${value}, r, way);`;
  const set = type.targets ? `sets[${setNumber(targetSet(type.targets))}]` : 'undefined';
  const reference = type.code === 'Reference' ? `r.reference(${value}, ${set}, way);` : '';
  return `if (${isObject(value)}) { const way = ${wayCode(name, index)}; ${check} ${reference} }
    else r.noObject(at, ${name}, ${index}, ${value}, '${type.code === 'Element' ? 'BackboneElement' : element.choice ? type.code : inside}');`;
}

function isObject(value: string): string {
  return `typeof ${value} === 'object' && ${value} !== null && !Array.isArray(${value})`;
}

function wayCode(name: string, index: string): string {
  return `r.telling ? r.way(at, ${name}, ${index}) : at`;
}

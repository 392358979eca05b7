/**
 * Definitions into code: one function for each type and backbone element, written when it is first needed.
 * The functions switch over the keys that are there instead of asking for each that could be: an Observation is
 * judged in less than half the time that JSON.parse takes for it.
 */
import { type ElementDef, type JsonKey, jsonKeys, type TypeDef, typeDef } from '../resources/index.ts';
import { codesOf } from '../terminology/index.ts';
import { formats } from './formats.ts';
import type { Checker } from './report.ts';
import { besideCode, checks, elementCode, lists, typeCode } from './rule-code.ts';

/** How much is checked: structure alone, or also bindings, invariants, extensions and what stands inside of what. */
export type Level = 'structure' | 'full';

/**
 * The checker of a resource, datatype or backbone element.
 * It calls the report for each fault and each Reference; the way it is given leads to the object that it checks.
 * @throws Error for a type that R4 does not have
 */
export function checkerOf(type: string, level: Level = 'structure'): Checker {
  const workshop = workshops[level];
  return workshop.checkers[workshop.numberOf(type)]!;
}

/** Sets of codes and of types, to which generated code refers by number. */
const sets: ReadonlySet<string>[] = [];

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

class Workshop {
  /** What generated code refers to by number. */
  readonly checkers: Checker[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #isFull: boolean;

  constructor(level: Level) {
    this.#isFull = level === 'full';
  }

  numberOf(type: string): number {
    let number = this.#numbers.get(type);
    if (number === undefined) {
      typeDef(type);
      number = this.checkers.length;
      const own = number;
      this.#numbers.set(type, own);
      this.checkers.push((value, report, way, host) => {
        const compiled = this.#compile(typeDef(type));
        this.checkers[own] = compiled;
        compiled(value, report, way, host);
      });
    }
    return number;
  }

  #compile(type: TypeDef): Checker {
    const required = type.elements.filter((element) => element.min > 0);
    const choices = type.elements.filter((element) => element.choice);
    const tests = new Set<string>();
    const cases = type.elements.flatMap((element) => {
      const bit = required.indexOf(element);
      const mark = bit < 0 ? '' : `seen |= ${1 << bit};`;
      return jsonKeys(element).flatMap((key) => this.#casesOf(type, element, key, mark, tests));
    });
    const name = JSON.stringify(type.name);
    const source = `
    ${[...tests].map((test) => `const is_${test} = formats.${test};`).join('\n')}
    return function check(o, r, at, host) {
      let any = 0;
      let seen = 0;
      ${choices.map((element) => `let as_${element.name} = '';`).join('\n')}
      for (const k in o) {
        const v = o[k];
        any++;
        switch (k) {
          ${type.kind === 'resource' ? "case 'resourceType': break;" : ''}
          ${cases.join('\n')}
          default: r.unknown(at, k, ${name});
        }
      }
      ${type.kind === 'resource' ? 'if (any === 0 && at !== undefined) return;' : 'if (any === 0) r.empty(at);'}
      ${required.length > 0 ? `else if (seen !== ${2 ** required.length - 1}) r.missing(at, seen, ${name});` : ''}
      ${this.#isFull ? typeCode(type) : ''}
    };`;
    const make = new Function('formats', 'checkers', 'sets', 'checks', 'lists', source);
    return make(formats, this.checkers, sets, checks, lists) as Checker;
  }

  /** The case of a member, and that of the member with the underscore beside a primitive. */
  #casesOf(type: TypeDef, element: ElementDef, key: JsonKey, mark: string, tests: Set<string>): string[] {
    const member = JSON.stringify(key.key);
    const name = JSON.stringify(element.name);
    const as = `as_${element.name}`;
    const choice = element.choice
      ? `if (${as} !== '' && ${as} !== ${member}) r.twice(at, ${name}, ${as}, ${member}); ${as} = ${member};`
      : '';
    const before = `${mark} ${choice}`;
    const isPrimitive = key.inside === undefined && key.type.code !== 'Resource';
    const isList = element.max > 1;
    const rules = this.#isFull ? elementCode(type, element, key) : none;
    const own = isPrimitive
      ? primitiveCode(element, key, isList, tests)
      : isList
        ? this.#listCode(element, key, name, rules.each)
        : this.#objectCode(element, key, name, 'v', '-1', rules.each);
    const each = isPrimitive && rules.each !== '' ? primitiveRules(isList, name, rules.each) : '';
    const cases = [`case ${member}: ${before} ${own} ${each} ${rules.all} break;`];
    // An id and the url of an extension are attributes in XML: they have no extensions.
    if (isPrimitive && element.name !== 'id' && element.path !== 'Extension.url') {
      const host = JSON.stringify(element.path);
      const lone =
        this.#isFull && !isList ? besideCode.replace('w ', `o[${member}] `).replace('way', wayCode(name, '-1')) : '';
      const beside = isList
        ? `r.extensions(o, ${member}, at, ${host});`
        : `if (${isObject('v')}) { checkers[${this.numberOf('Element')}](v, r, ${wayCode(name, '-1')}, ${host}); ${lone} } else r.noObject(at, ${name}, -1, v, 'Element');`;
      cases.push(`case ${JSON.stringify(`_${key.key}`)}: ${before} ${beside} break;`);
    }
    return cases;
  }

  #listCode(element: ElementDef, key: JsonKey, name: string, rules: string): string {
    const bound = Number.isFinite(element.max) ? ` && v.length <= ${element.max}` : '';
    return `if (Array.isArray(v) && v.length > 0${bound}) {
    for (let i = 0; i < v.length; i++) { const x = v[i]; ${this.#objectCode(element, key, name, 'x', 'i', rules)} }
  } else r.noList(at, ${name}, v);`;
  }

  #objectCode(
    element: ElementDef,
    { type, inside }: JsonKey,
    name: string,
    value: string,
    index: string,
    rules: string,
  ): string {
    if (inside === undefined) return `r.inner(at, ${name}, ${index}, ${value}, o);`;
    const check = `checkers[${this.numberOf(inside)}](${value}, r, way, ${JSON.stringify(element.path)});`;
    const set = type.targets ? `sets[${setNumber(targetSet(type.targets))}]` : 'undefined';
    const reference = type.code === 'Reference' ? `r.reference(${value}, ${set}, way);` : '';
    return `if (${isObject(value)}) { const way = ${wayCode(name, index)}; ${check} ${reference} ${rules.replaceAll('$', value)} }
    else r.noObject(at, ${name}, ${index}, ${value}, '${type.code === 'Element' ? 'BackboneElement' : element.choice ? type.code : inside}');`;
  }
}

const none = { each: '', all: '' };

const workshops: Readonly<Record<Level, Workshop>> = {
  structure: new Workshop('structure'),
  full: new Workshop('full'),
};

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

/** What is checked of a primitive beside its format; `$` in the rules stands for the value, `way` for the way to it. */
function primitiveRules(isList: boolean, name: string, rules: string): string {
  const code = (value: string, index: string) =>
    `{ const way = ${wayCode(name, index)}; ${rules.replaceAll('$', value)} }`;
  if (!isList) return code('v', '-1');
  return `if (Array.isArray(v)) for (let i = 0; i < v.length; i++) ${code('v[i]', 'i')}`;
}

function isObject(value: string): string {
  return `typeof ${value} === 'object' && ${value} !== null && !Array.isArray(${value})`;
}

function wayCode(name: string, index: string): string {
  return `r.telling ? r.way(at, ${name}, ${index}) : at`;
}

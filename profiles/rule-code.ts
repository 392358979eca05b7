/** The part of the generated code that holds elements to what R4 says beyond structure. */
import {
  type ElementDef,
  type ElementRules,
  type Invariant,
  type JsonKey,
  type TypeDef,
  typeRules,
} from '../resources/index.ts';
import { checkBinding, toBinding } from './binding.ts';
import { checkBundle } from './bundle.ts';
import { checkExtensions } from './extension.ts';
import { checkInvariants, compileInvariant } from './invariant.ts';
import {
  checkAbsolute,
  checkAttachment,
  checkBare,
  checkContained,
  checkExtensionContent,
  checkLocal,
  checkLoneId,
  checkNarrative,
} from './standing.ts';

/** What generated code calls, under the name `checks`. */
export const checks = Object.freeze({
  absolute: checkAbsolute,
  attachment: checkAttachment,
  bare: checkBare,
  binding: checkBinding,
  bundle: checkBundle,
  contained: checkContained,
  extensionContent: checkExtensionContent,
  extensions: checkExtensions,
  invariants: checkInvariants,
  local: checkLocal,
  loneId: checkLoneId,
  narrative: checkNarrative,
});

/** Bindings and lists of invariants that generated code refers to by number, under the name `lists`. */
export const lists: unknown[] = [];

/** Code for each value of an element (`$` stands for it, `way` for the way to it), and for all of a member together. */
export interface ElementCode {
  readonly each: string;
  readonly all: string;
}

/** What is checked of one member of a type. */
export function elementCode(type: TypeDef, element: ElementDef, key: JsonKey): ElementCode {
  const rules = typeRules(type.name).elements?.[element.name] ?? {};
  const { code } = key.type;
  return {
    each: [
      systemCode(element),
      bindingCode(element, code, rules),
      invariantsCode('$', 'way', key.inside ?? code, ofElement(code, rules)),
      code === 'Reference'
        ? '{ const l = $.reference; if (typeof l === "string" && l.charCodeAt(0) === 35) checks.local(l, r, way); }'
        : '',
    ].join(' '),
    all: [
      element.path === 'Narrative.div' ? 'checks.narrative(v, r, at);' : '',
      code === 'Extension' && /xtension$/.test(element.name)
        ? `checks.extensions(v, o, { host, type: ${JSON.stringify(type.name)}, isModifier: ${element.name !== 'extension'} }, r, at);`
        : '',
    ].join(' '),
  };
}

/** What is checked of the member with the underscore beside a single primitive: `v` of it, `w` of the primitive. */
export const besideCode = 'if (w === undefined && v.extension === undefined) checks.loneId(r, way);';

/** What is checked of an object as a whole, after its members; `any` counts these. */
export function typeCode(type: TypeDef): string {
  const { name, kind, elements } = type;
  const isResource = kind === 'resource';
  return [
    isResource || name === 'Element' ? '' : `if (any === 1 && o.id !== undefined) checks.loneId(r, at);`,
    name === 'Extension' ? `checks.extensionContent(o, as_value !== '', r, at);` : '',
    name === 'Attachment' ? 'checks.attachment(o, r, at);' : '',
    invariantsCode('o', 'at', name, typeRules(name).invariants ?? []),
    isResource && elements.some((it) => it.name === 'contained')
      ? 'if (o.contained !== undefined) checks.contained(o, r, at); checks.bare(o, r, at);'
      : '',
    name === 'Bundle' ? 'checks.bundle(o, r, at);' : '',
  ].join('\n');
}

/** Where codes are from is said by an absolute address: of a server's own code system too. */
function systemCode({ path }: ElementDef): string {
  const severity = { 'Coding.system': 'warning', 'ValueSet.compose.include.system': 'error' }[path];
  return severity ? `if (typeof $ === "string") checks.absolute($, '${severity}', r, way);` : '';
}

const bindable = new Set(['code', 'Coding', 'CodeableConcept', 'Quantity', 'uri', 'string']);

function bindingCode(element: ElementDef, code: string, { binding: written }: ElementRules): string {
  const binding = written && toBinding(written);
  // Codes that could be listed when the definitions were generated are checked with the format.
  if (!binding || !bindable.has(code) || (code === 'code' && element.codes !== undefined)) return '';
  // Of several types a binding means the coded ones; a Quantity only where it is alone.
  if (code === 'Quantity' && element.types.length > 1) return '';
  return `checks.binding($, '${code}', lists[${lists.push(binding) - 1}], r, way);`;
}

/** https://hl7.org/fhir/R4/datatypes.html#SimpleQuantity, which the snapshots name as a profile of the type. */
const simpleQuantity: Invariant = {
  key: 'sqty-1',
  human: 'The comparator is not used on a SimpleQuantity.',
  expression: 'comparator.empty()',
};

function ofElement(code: string, { invariants = [], simple }: ElementRules): readonly Invariant[] {
  return simple && code === 'Quantity' ? [...invariants, simpleQuantity] : invariants;
}

function invariantsCode(value: string, way: string, type: string, invariants: readonly Invariant[]): string {
  if (invariants.length === 0) return '';
  const number = lists.push(invariants.map(compileInvariant)) - 1;
  return `checks.invariants(${value}, ${JSON.stringify(type)}, lists[${number}], r, ${way});`;
}

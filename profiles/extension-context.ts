/** Where extensions may stand. https://hl7.org/fhir/R4/defining-extensions.html#context */
import { conditionOf, Element, type ExtensionDefinition, hasType, typeDef } from '../resources/index.ts';
import type { Account } from './account.ts';

/** Where a list of extensions stands. */
export interface ExtensionPlace {
  /** Path of the element that is extended, from the type that holds it: `Patient`, `Patient.birthDate`, `HumanName.family`. */
  readonly host: string;
  /** Type of the element that is extended, `Element` where it is a primitive. */
  readonly type: string;
  readonly isModifier: boolean;
}

/**
 * Whether an extension may stand in a place, by one of the contexts of its definition.
 * @param holder the element that is extended
 */
export function isAllowed(
  [type, expression]: ExtensionDefinition['contexts'][number],
  holder: any,
  { host, type: held }: ExtensionPlace,
): boolean {
  if (type === 'extension') return held === 'Extension' && expression.split('#')[0] === holder?.url;
  // Conditions on the whole resource are not worth an evaluation for each extension: what they allow is not refused.
  if (type !== 'element' || expression.includes('/')) return true;
  const wanted = expression.replaceAll('[x]', '');
  return wanted === host || isKindOf(held, wanted) || leadsTo(wanted, host) || isPrimitiveOf(host, wanted);
}

/**
 * The condition on what it extends that an extension names and that is not met; undefined where there is none.
 * https://hl7.org/fhir/R4/structuredefinition-definitions.html#StructureDefinition.contextInvariant
 */
export function unmetInvariant(
  { invariants = [] }: ExtensionDefinition,
  holder: any,
  { type }: ExtensionPlace,
  report: Account,
): string | undefined {
  if (invariants.length === 0) return undefined;
  const element = new Element(holder, undefined, type);
  report.context = element;
  return invariants.find((expression) => {
    try {
      return conditionOf(expression)(element, report) === false;
    } catch {
      // An expression that is none, or that asks for the extension itself, refuses nothing.
      return false;
    }
  });
}

/** The context `Element` is meant to be any element, resources too: HL7 puts its own extensions there. */
function isKindOf(type: string, wanted: string): boolean {
  for (let name: string | undefined = type; name !== undefined; name = typeDef(name).base)
    if (name === wanted) return true;
  return wanted === 'Element' || wanted === 'Any' || wanted === '*';
}

/** `StructureDefinition.snapshot.element.type` is `ElementDefinition.type` when it is met. */
function leadsTo(wanted: string, host: string): boolean {
  const [root = '', ...names] = wanted.split('.');
  let type = root;
  let path = root;
  for (const name of names) {
    if (!hasType(type)) return false;
    const element = typeDef(type).elements.find((it) => it.name === name);
    if (!element) return false;
    path = `${type}.${name}`;
    type = element.children ?? element.types[0]!.code;
  }
  return path === host || type === host;
}

function isPrimitiveOf(host: string, wanted: string): boolean {
  const dot = host.lastIndexOf('.');
  if (dot < 0 || !hasType(wanted)) return false;
  const holder = host.slice(0, dot);
  if (!hasType(holder)) return false;
  const element = typeDef(holder).elements.find((it) => it.name === host.slice(dot + 1));
  return element?.types.some(({ code }) => hasType(code) && isKindOf(code, wanted)) ?? false;
}

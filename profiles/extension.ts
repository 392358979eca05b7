/** Extensions: whether they may stand where they do, and hold what they are defined to hold. https://hl7.org/fhir/R4/extensibility.html */
import type { StructureDefinition } from 'fhir/r4.js';
import {
  type ExtensionDefinition,
  type ExtensionPart,
  jsonKeys,
  nearest,
  ownExtension,
  toExtension,
  typeDef,
} from '../resources/index.ts';
import type { Account } from './account.ts';
import { checkBinding } from './binding.ts';
import { type ExtensionPlace, isAllowed, unmetInvariant } from './extension-context.ts';
import type { Way } from './way.ts';

/**
 * Holds a list of extensions to their definitions.
 * @param holder the element that they extend
 * @param at the way to the holder
 */
export function checkExtensions(
  list: any,
  holder: any,
  place: ExtensionPlace,
  report: Account,
  at: Way | undefined,
): void {
  if (!Array.isArray(list)) return;
  for (let index = 0; index < list.length; index++) {
    const extension = list[index];
    const url = extension?.url;
    if (typeof url !== 'string') continue;
    const isInside = place.type === 'Extension';
    if (!isAbsolute(url)) {
      if (!isInside)
        tell(
          report,
          'error',
          at,
          place,
          index,
          `The url \`${shown(url)}\` of an extension must be absolute.`,
          'Write the canonical of its definition.',
        );
      continue;
    }
    const definition = definitionOf(url, report);
    if (definition === undefined) continue;
    if (definition === null) unknown(url, place, index, report, at);
    else {
      checkUse(definition, url, holder, place, index, report, at);
      checkContent(definition, extension, place, index, report, at);
      if (definition.max === 1 && list.length > 1) checkOnce(list, index, place, report, at);
    }
  }
}

const compiled = new WeakMap<StructureDefinition, ExtensionDefinition>();

/** @returns undefined: not known yet, or never asked; null: there is none */
function definitionOf(url: string, report: Account): ExtensionDefinition | null | undefined {
  const own = ownExtension(url);
  if (own) return own;
  const structure = report.library?.structure(url);
  if (structure === undefined) {
    if (report.library) report.lacks('structures', url);
    return undefined;
  }
  if (structure === null || structure.type !== 'Extension') return null;
  let definition = compiled.get(structure);
  if (!definition) {
    definition = toExtension(structure);
    compiled.set(structure, definition);
  }
  return definition;
}

/** Elements of other versions of FHIR, so the topics of subscriptions: https://hl7.org/fhir/R4/versions.html#extensions */
const ofOtherVersion = /^http:\/\/hl7\.org\/fhir\/\d\.\d+\/StructureDefinition\/extension-[A-Z]\w*(\.\w+)*(\[x\])?$/;

function unknown(url: string, place: ExtensionPlace, index: number, report: Account, at: Way | undefined): void {
  if (place.isModifier && !ofOtherVersion.test(url)) {
    const text = `The modifier extension ${shown(url)} is not known here, so nobody can tell what the ${place.host} means with it.`;
    tell(report, 'error', at, place, index, text, 'Install the package that defines it, or leave the extension out.');
  } else {
    const text = `The extension ${shown(url)} is not known here: it is kept as it is, unchecked.`;
    const hint = 'Install the package that defines it to have it checked.';
    tell(report, place.isModifier ? 'warning' : 'information', at, place, index, text, hint);
  }
}

function checkUse(
  definition: ExtensionDefinition,
  url: string,
  holder: any,
  place: ExtensionPlace,
  index: number,
  report: Account,
  at: Way | undefined,
): void {
  if ((definition.isModifier ?? false) !== place.isModifier) {
    const text = place.isModifier
      ? `The extension ${url} is no modifier.`
      : `The extension ${url} changes the meaning of what it extends.`;
    const hint = place.isModifier ? 'Put it into `extension`.' : 'Put it into `modifierExtension`.';
    tell(report, 'error', at, place, index, text, hint);
  }
  const { contexts } = definition;
  if (contexts.length > 0 && !contexts.some((context) => isAllowed(context, holder, place))) {
    const allowed = contexts.map(([, expression]) => expression).join(', ');
    const text = `The extension ${url} may not stand on ${place.host}.`;
    tell(report, 'error', at, place, index, text, `It may stand on ${allowed}.`);
  }
  const unmet = unmetInvariant(definition, holder, place, report);
  if (unmet === undefined) return;
  const text = `The extension ${url} may not stand on this ${place.host}.`;
  tell(report, 'error', at, place, index, text, `It must be true of it that ${unmet}`);
}

function checkContent(
  definition: ExtensionPart,
  extension: any,
  place: ExtensionPlace,
  index: number,
  report: Account,
  at: Way | undefined,
): void {
  const found = memberOf(extension);
  const { value, parts } = definition;
  const way = (): Way | undefined => (report.telling ? report.way(at, nameOf(place), index) : at);
  if (found !== undefined) checkValue(found, value, extension.url, report, way());
  else if (value?.min && extension.extension === undefined) {
    tell(
      report,
      'error',
      at,
      place,
      index,
      `The extension ${shown(extension.url)} needs a value.`,
      `Write ${memberNames(value.types)}.`,
    );
  }
  if (parts !== undefined) checkParts(parts, extension, report, way());
}

function checkValue(
  { key, type, item }: { key: string; type: string; item: any },
  value: ExtensionPart['value'],
  url: string,
  report: Account,
  at: Way | undefined,
): void {
  if (value === undefined || !value.types.includes(type)) {
    if (!report.wants('error')) return;
    const hint =
      value === undefined ? 'It holds other extensions in place of a value.' : `Write ${memberNames(value.types)}.`;
    report.say({
      severity: 'error',
      kind: 'unprocessable',
      issue: 'extension',
      rule: 'extension',
      text: `The extension ${shown(url)} has no \`${key}\`.`,
      at: report.way(at, 'value', -1),
      hint,
    });
    return;
  }
  if (value.binding) {
    const [strength, valueSet] = value.binding;
    const binding = { isRequired: strength === 'required', isLoose: false, valueSet, maxValueSet: undefined };
    if (['code', 'Coding', 'CodeableConcept', 'Quantity', 'uri', 'string'].includes(type)) {
      checkBinding(item, type, binding, report, report.telling ? report.way(at, 'value', -1) : at);
    }
  }
}

/** Extensions inside a complex one; those with urls of their own are checked as any other. */
function checkParts(
  parts: Readonly<Record<string, ExtensionPart>>,
  extension: any,
  report: Account,
  at: Way | undefined,
): void {
  const inner: any[] = Array.isArray(extension.extension) ? extension.extension : [];
  const place: ExtensionPlace = { host: 'Extension.extension', type: 'Extension', isModifier: false };
  for (const [index, one] of inner.entries()) {
    if (typeof one?.url !== 'string') continue;
    const part = Object.hasOwn(parts, one.url) ? parts[one.url] : undefined;
    if (part && !isAbsolute(one.url)) checkContent(part, one, place, index, report, at);
    else if (!part && !isAbsolute(one.url)) {
      const meant = nearest(one.url, Object.keys(parts));
      const hint = meant ? `Did you mean \`${meant}\`?` : `It has ${Object.keys(parts).join(', ')}.`;
      tell(
        report,
        'error',
        at,
        place,
        index,
        `The extension ${shown(extension.url)} has no part \`${shown(one.url)}\`.`,
        hint,
      );
    }
  }
  for (const [url, { min = 0, max = '*' }] of Object.entries(parts)) {
    const count = inner.filter((it) => it?.url === url).length;
    if (count >= min && (max === '*' || count <= max)) continue;
    const few = count < min;
    if (!report.wants('error')) continue;
    report.say({
      severity: 'error',
      kind: 'unprocessable',
      issue: 'extension',
      rule: 'extension',
      text: few
        ? `The extension ${shown(extension.url)} needs its part \`${url}\`.`
        : `The part \`${url}\` of the extension ${shown(extension.url)} may occur ${max === 1 ? 'once' : `${max} times`}.`,
      at,
      hint: few ? 'Add it.' : 'Remove some.',
    });
  }
}

function checkOnce(
  list: readonly any[],
  index: number,
  place: ExtensionPlace,
  report: Account,
  at: Way | undefined,
): void {
  const { url } = list[index];
  if (list.findIndex((it) => it?.url === url) === index) return;
  tell(
    report,
    'error',
    at,
    place,
    index,
    `The extension ${shown(url)} may stand here only once.`,
    'Remove the others.',
  );
}

function memberOf(extension: any): { key: string; type: string; item: any } | undefined {
  for (const key in extension) {
    const own = key.charCodeAt(0) === 0x5f ? key.slice(1) : key;
    const type = own.startsWith('value') ? valueTypes().get(own) : undefined;
    if (type !== undefined) return { key: own, type, item: extension[own] };
  }
  return undefined;
}

let types: ReadonlyMap<string, string> | undefined;

/** `valueString` → `string`, for all types that an extension may hold. */
function valueTypes(): ReadonlyMap<string, string> {
  if (types === undefined) {
    const element = typeDef('Extension').elements.find(({ name }) => name === 'value')!;
    types = new Map(jsonKeys(element).map(({ key, type }) => [key, type.code]));
  }
  return types;
}

function memberNames(types: readonly string[]): string {
  return types.map((type) => `value${type[0]!.toUpperCase()}${type.slice(1)}`).join(', ');
}

function nameOf({ isModifier }: ExtensionPlace): string {
  return isModifier ? 'modifierExtension' : 'extension';
}

function tell(
  report: Account,
  severity: 'error' | 'warning' | 'information',
  at: Way | undefined,
  place: ExtensionPlace,
  index: number,
  text: string,
  hint: string,
): void {
  if (!report.wants(severity)) return;
  report.say({
    severity,
    kind: 'unprocessable',
    issue: 'extension',
    rule: 'extension',
    text,
    at: report.way(at, nameOf(place), index),
    hint,
  });
}

function isAbsolute(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(url);
}

function shown(url: string): string {
  return url.length > 120 ? `${url.slice(0, 120).toWellFormed()}…` : url;
}

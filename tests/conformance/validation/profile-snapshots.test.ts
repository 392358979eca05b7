/** Snapshots that are made of differentials, against those that guides ship. */
import { readFileSync } from 'node:fs';
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { Definitions } from '../../../profiles/profile/definitions.ts';
import { snapshotTree } from '../../../profiles/profile/snapshot.ts';
import { type ProfileNode, toElements, toTree } from '../../../profiles/profile/tree.ts';
import { libraryFrom, readGuide } from '../../setup/guide-files.ts';
import { hasSharedData } from '../../setup/shared-data.ts';

const guides = ['us_core_610', 'us_core_700', 'ips_v110', 'carin4bb-200', 'davinci_pas_2.2.1'];

/** Differences that stay: which, and why. */
const explained: readonly { readonly difference: string; readonly reason: string }[] = JSON.parse(
  readFileSync(new URL('profile-snapshot-differences.json', import.meta.url), 'utf8'),
);

describe.runIf(hasSharedData)('snapshots of the profiles of guides', () => {
  if (!hasSharedData) return;
  const all = guides.map((guide) => ({ guide, ...readGuide(guide) }));
  const everybody = all.flatMap(({ structures }) => structures);

  it('say what the shipped ones say of cardinality, types, values, bindings, constraints and slices', () => {
    const found: string[] = [];
    const unmade: string[] = [];
    let compared = 0;
    for (const { guide, structures } of all) {
      for (const structure of structures.filter(({ derivation }) => derivation === 'constraint')) {
        const library = libraryFrom([...structures, ...everybody]);
        const tree = snapshotTree(structure, new Definitions(library));
        if (!tree) unmade.push(`${guide} ${structure.id}`);
        else {
          compared++;
          found.push(...differences(tree, structure).map((it) => `${guide} ${structure.id} ${it}`));
        }
      }
    }
    expect(compared).toBeGreaterThan(240);
    // What they are derived from is in guides that are not here.
    expect(unmade).toEqual([
      'us_core_610 us-core-questionnaireresponse',
      'us_core_700 us-core-questionnaireresponse',
      'davinci_pas_2.2.1 profile-subscription',
    ]);
    const unexplained = found.filter((it) => !explained.some(({ difference }) => it.startsWith(difference)));
    expect(unexplained).toEqual([]);
    const idle = explained.filter(({ difference }) => !found.some((it) => it.startsWith(difference)));
    expect(idle).toEqual([]);
  }, 120_000);
});

/** `id aspect`, for each aspect in which two snapshots differ. */
function differences(tree: ProfileNode, { type, snapshot }: StructureDefinition): string[] {
  const made = byId(tree);
  const shipped = byId(toTree(type, snapshot!.element));
  const isSliced = (id: string) => [...shipped.keys()].some((other) => other.startsWith(`${id}:`));
  const found: string[] = [];
  for (const [id, theirs] of shipped) {
    const ours = made.get(id);
    // Some guides open the elements of a datatype although they say nothing of them.
    if (ours === undefined && isSaid(theirs, id)) found.push(`${id} is missing`);
    if (ours === undefined) continue;
    // What is said of all items need not be said again of those of a slice: it is checked for each of them anyway.
    const all = id.includes(':') ? made.get(id.replace(/:[^.]*/g, '')) : undefined;
    for (const [aspect, of] of Object.entries(aspects)) {
      if (aspect === 'slicing' && !isSliced(id)) continue;
      const [is, wanted] = [of(ours), of(theirs)];
      if (is !== wanted && !(all && is === of(all))) found.push(`${id} ${aspect}: ${is} instead of ${wanted}`);
    }
  }
  return found;
}

function isSaid({ min, max, ...more }: ElementDefinition, id: string): boolean {
  return (
    (min ?? 0) > 0 ||
    Object.keys(more).some((key) => /^(fixed|pattern)/.test(key)) ||
    (max === '0' && !/extension$/.test(id))
  );
}

/** A choice narrowed to one type is written in two ways, which mean the same: with that type as its one slice, or without. */
function plain(node: ProfileNode): ProfileNode {
  const slices = node.slices.map(plain);
  const children = node.children.map(plain);
  const { slicing, ...def } = node.def;
  if (!node.element?.choice || slices.length > 1) return { ...node, slices, children };
  const [slice] = slices;
  if (slice === undefined) return { ...node, def, slices, children };
  if (def.type?.length !== 1) return { ...node, slices, children };
  const inside = slice.children.length > 0 ? slice.children : children;
  const least = Math.max(def.min ?? 0, slice.def.min ?? 0);
  return { ...node, def: { ...def, ...slice.def, min: least }, slices: [], children: inside };
}

function byId(tree: ProfileNode): Map<string, ElementDefinition> {
  return new Map(toElements(plain(tree)).map((element) => [element.id!, element]));
}

const aspects: Readonly<Record<string, (element: ElementDefinition) => string>> = {
  min: ({ min }) => `${min}`,
  max: ({ max }) => `${max}`,
  maxLength: ({ maxLength }) => `${maxLength}`,
  type: ({ type = [] }) => type.map(typeText).sort().join(', '),
  values: (element) =>
    JSON.stringify(Object.entries(element).filter(([key]) => /^(fixed|pattern|minValue|maxValue)/.test(key))),
  binding: ({ binding }) => `${binding?.strength} ${cut(binding?.valueSet ?? '')}`,
  // What R4 says of every element some guides repeat and some do not; what the root of an extension says is checked by its definition.
  constraint: ({ constraint = [], type }) =>
    type?.[0]?.profile || type?.[0]?.code === 'Extension'
      ? ''
      : constraint
          .map(({ key }) => key)
          .filter((key) => !/^(ele-1|ext-1|dom-\d)$/.test(key))
          .sort()
          .join(),
  slicing: ({ slicing }) =>
    slicing === undefined
      ? 'none'
      : JSON.stringify([
          slicing.discriminator?.map(({ type, path }) => `${type}@${path}`),
          slicing.rules,
          slicing.ordered ?? false,
        ]),
};

function typeText({ code, profile = [], targetProfile = [] }: NonNullable<ElementDefinition['type']>[number]): string {
  const targets = targetProfile.map(cut).filter((it) => !it.endsWith('/Resource'));
  return `${/System\.String$/.test(code) ? 'string' : code}<${profile.map(cut).join()}>(${targets.sort().join()})`;
}

function cut(canonical: string): string {
  return canonical.replace(/\|.*$/, '');
}

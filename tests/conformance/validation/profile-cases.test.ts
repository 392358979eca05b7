/** The cases of HL7's validator in which a resource is held to a profile. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../profiles/index.ts';
import { parseJson } from '../../../resources/index.ts';
import { fromXml } from '../../setup/fhir-xml.ts';
import { libraryFrom, readGuide } from '../../setup/guide-files.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly profile: string | null;
  readonly supporting: readonly string[] | null;
  readonly profileSupporting: readonly string[] | null;
  readonly withProfile: { readonly errors: number; readonly errorIssues: readonly { readonly expr: string }[] } | null;
}

/** Cases that come out otherwise, and why: in `result` whether there are errors, in `place` where; `left` were not tried. */
const differences: Readonly<Record<'left' | 'result' | 'place', Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(new URL('profile-case-differences.json', import.meta.url), 'utf8'),
);

describe.runIf(hasSharedData)("the cases of HL7's validator with profiles", () => {
  if (!hasSharedData) return;
  const core = readGuide('us_core_700');
  const all = (JSON.parse(readFileSync(sharedData('validator-cases/index.json'), 'utf8')) as Case[]).filter(
    ({ withProfile }) => withProfile !== null,
  );
  const tried = all.filter(({ name }) => !(name in differences.left));
  const outcomes = tried.map((it) => ({ ...it, told: told(it, core) }));

  it('find errors where it does, but for those of the table', () => {
    const other = outcomes.filter(({ withProfile, told: found }) => withProfile!.errors > 0 !== found.length > 0);
    expect(other.map(({ name }) => name).sort()).toEqual(Object.keys(differences.result).sort());
    expect(1 - other.length / tried.length).toBeGreaterThan(0.85);
  });

  it('find them at the elements that it names, but for those of the table', () => {
    const both = outcomes.filter(({ withProfile, told: found }) => withProfile!.errors > 0 && found.length > 0);
    const other = both.filter(
      ({ withProfile, told: found }) =>
        !withProfile!.errorIssues.some(({ expr }) => found.some((at) => isNear(at, plain(expr)))),
    );
    expect(other.map(({ name }) => name).sort()).toEqual(Object.keys(differences.place).sort());
    expect(1 - other.length / both.length).toBeGreaterThan(0.85);
  });
});

/** FHIRPaths of the errors. */
function told(one: Case, core: ReturnType<typeof readGuide>): string[] {
  const files = [...(one.supporting ?? []), ...(one.profileSupporting ?? [])].filter((file) => existsSync(place(file)));
  const more = files
    .map(read)
    .flatMap((it) => (it.resourceType === 'Bundle' ? it.entry.map((entry: any) => entry.resource) : [it]));
  const isFile = /\.(xml|json)$/.test(one.profile!);
  const profile = isFile ? read(one.profile!) : undefined;
  const definitions = [...(profile ? [profile] : []), ...more, ...core.structures, ...core.terminology];
  const library = libraryFrom(
    definitions.filter(({ resourceType }) => resourceType === 'StructureDefinition'),
    definitions.filter(({ resourceType }) => ['ValueSet', 'CodeSystem'].includes(resourceType)),
  );
  const value = read(one.file);
  const judgement = judge(
    value.resourceType,
    { value, digits: undefined },
    { level: 'full', library, profiles: [profile?.url ?? one.profile!] },
  );
  return judgement.findings
    .filter(({ severity = 'error' }) => severity === 'error')
    .map(({ expression }) => expression!);
}

function place(file: string): URL {
  return sharedData(`validator-cases/files/${file}`);
}

function read(file: string): any {
  const text = readFileSync(place(file), 'utf8').replace(/^\uFEFF/, '');
  return file.endsWith('.xml') ? fromXml(text) : parseJson(text).value;
}

/** `Bundle.entry[0].resource/*Patient/1*\/.value.ofType(Quantity)` as this server writes it. */
function plain(expression: string): string {
  return expression.replace(/\/\*.*?\*\//g, '').replace(/\.ofType\(\w+\)/g, '');
}

/** The element itself, or one that stands in it: a slice that is missing is told at the list that lacks it. */
function isNear(found: string, wanted: string): boolean {
  return found === wanted || (found.startsWith(`${wanted}.`) && !found.slice(wanted.length + 1).includes('.'));
}

/**
 * The second pass of the judge: what profiles add to what R4 says. The base pass has gone through the resource before,
 * and nothing that it checks is checked here again.
 */
import type { StructureDefinition } from 'fhir/r4.js';
import type { Finding } from '../../resources/index.ts';
import type { Library, Needs } from '../library.ts';
import { type Claim, claimsOf } from './claims.ts';
import { compileProfile } from './compile.ts';
import { Definitions } from './definitions.ts';
import { nameOf } from './name.ts';
import { ownType } from './own.ts';
import { serverProfile } from './own-profiles.ts';
import { isSound } from './sound.ts';
import type { ProfileNode } from './tree.ts';
import { type Check, Walk } from './walk.ts';

/** What a resource is judged with. */
export interface ProfileOptions {
  readonly library?: Library | undefined;
  /** Canonicals of profiles that were asked for. */
  readonly profiles?: readonly string[] | undefined;
  /** Types for which the server's own profiles weigh as errors; without this they are not asked at all. */
  readonly enforce?: ReadonlySet<string> | undefined;
  /** What faults against claimed profiles weigh; `error` when left out. */
  readonly profileFaults?: 'error' | 'warning' | undefined;
}

/** What profiles say of a resource. */
export interface ProfileVerdict {
  /** No error was found. */
  readonly isValid: boolean;
  readonly needs: Needs;
  /** Nothing was found and nothing is needed. */
  readonly isSilent: boolean;
  /** Errors and warnings with their places: goes through the resource again where there are any. */
  tell(): readonly Finding[];
}

/**
 * Judges a resource by its profiles: those that it claims, those asked for, and the server's own one where there is no
 * other. Resources inside of it are held to what they claim.
 */
export function judgeProfiles(type: string, resource: any, options: ProfileOptions): ProfileVerdict {
  const claims = allClaims(type, resource, options);
  if (claims.length === 0) return silence;
  const definitions = new Definitions(options.library);
  const silent = new Walk(false, definitions, resource);
  for (const claim of claims) judge(claim, silent, options);
  const { lacking } = definitions;
  const lacks = lacking.size > 0 || silent.valueSets.size > 0 || silent.codes.length > 0;
  if (!lacks && !silent.hasMore) return silence;
  return {
    isValid: !silent.isBroken,
    isSilent: false,
    needs: lacks ? { structures: [...lacking], valueSets: [...silent.valueSets], codes: silent.codes } : nothing,
    tell: () => (silent.hasMore ? told(claims, resource, options) : none),
  };
}

/** The compiled check of a profile; undefined when it, or what it builds on, is not at hand. */
export function checkOf(canonical: string, walk: Walk): Check | undefined {
  if (ownType(canonical) !== undefined) return undefined;
  const structure = walk.definitions.structure(canonical);
  return structure ? checkOfStructure(structure, walk.definitions) : undefined;
}

const nothing: Needs = Object.freeze({ structures: [], valueSets: [], codes: [] });
const none: readonly Finding[] = Object.freeze([]);
const silence: ProfileVerdict = Object.freeze({ isValid: true, isSilent: true, needs: nothing, tell: () => none });

/** A tree is made anew when what it was made of has changed: then so is its check. */
const checks = new WeakMap<ProfileNode, Check>();

function checkOfStructure(structure: StructureDefinition, definitions: Definitions): Check | undefined {
  const tree = definitions.treeOf(structure);
  if (tree === undefined) return undefined;
  let check = checks.get(tree);
  if (check === undefined) {
    check = compileProfile(tree, { profile: nameOf(structure), bases: definitions, checkOf });
    checks.set(tree, check);
  }
  return check;
}

function allClaims(type: string, resource: any, { profiles = [], enforce }: ProfileOptions): Claim[] {
  // What was asked for counts as that, claimed or not: its faults are always errors.
  const claims = claimsOf(resource).filter((it) => it.resource !== resource || !profiles.includes(it.canonical));
  const root = {
    resource,
    rootResource: resource,
    fullUrl: undefined,
    index: -1,
    at: () => ({ up: undefined, name: type, index: -1 }),
  };
  for (const canonical of profiles) claims.push({ ...root, canonical, by: 'asked' });
  const own = enforce && serverProfile(type);
  // A profile that is enforced cannot be got rid of by claiming another one.
  if (own !== undefined && (enforce!.has(type) || !claims.some((it) => it.resource === resource))) {
    claims.push({ ...root, canonical: own, by: 'own' });
  }
  return claims;
}

function told(claims: readonly Claim[], resource: any, options: ProfileOptions): readonly Finding[] {
  const walk = new Walk(true, new Definitions(options.library), resource);
  for (const claim of claims) judge(claim, walk, options);
  return walk.findings;
}

function judge(claim: Claim, walk: Walk, { enforce, profileFaults }: ProfileOptions): void {
  const { canonical, by, resource } = claim;
  const type: string = resource.resourceType;
  walk.resource = resource;
  walk.rootResource = claim.rootResource;
  walk.fullUrl = claim.fullUrl;
  const own = ownType(canonical);
  const structure = own === undefined ? walk.definitions.structure(canonical) : undefined;
  const wanted = own ?? structure?.type;
  if (wanted !== undefined && !fitsType(wanted, type)) wrongType(claim, wanted, walk);
  else if (structure === null) missing(claim, walk);
  if (!structure || !fitsType(structure.type, type)) return;
  const check = checkOfStructure(structure, walk.definitions);
  if (check === undefined) {
    if (walk.definitions.lacking.size === 0) unusable(claim, structure, walk);
    return;
  }
  const isMild = by === 'own' ? !enforce?.has(type) : by === 'claimed' && profileFaults === 'warning';
  const [wasBroken, before] = [walk.isBroken, walk.findings.length];
  check(resource, undefined, walk, walk.telling ? claim.at() : undefined, type);
  if (!isMild) return;
  walk.isBroken = wasBroken;
  for (const finding of walk.findings.slice(before)) if (finding.severity === 'error') finding.severity = 'warning';
}

function fitsType(wanted: string, type: string): boolean {
  return wanted === type || wanted === 'Resource' || wanted === 'DomainResource';
}

function claimPlace({ at, index, by }: Claim): ReturnType<Claim['at']> {
  return by === 'claimed' ? { up: { up: at(), name: 'meta', index: -1 }, name: 'profile', index } : at();
}

function wrongType(claim: Claim, wanted: string, walk: Walk): void {
  if (!walk.breaks()) return;
  const text = `The profile ${claim.canonical} is for ${wanted}, not for ${claim.resource.resourceType}.`;
  walk.tell(claimPlace(claim), { rule: 'profile', issue: 'structure', text, hint: 'Name a profile of the type.' });
}

function missing(claim: Claim, walk: Walk): void {
  // Without a library nobody has looked.
  if (walk.definitions.library === undefined) return;
  const isAsked = claim.by === 'asked';
  if (!(isAsked ? walk.breaks() : walk.warns())) return;
  const text = `The profile ${claim.canonical} is not on this server${isAsked ? '' : ', so nobody has checked whether the resource keeps to it'}.`;
  const hint = 'Add the package that has it: npm run ig -- add FILE.tgz';
  walk.tell(claimPlace(claim), {
    rule: 'profile',
    issue: 'not-found',
    text,
    hint,
    severity: isAsked ? 'error' : 'warning',
  });
}

function unusable(claim: Claim, structure: StructureDefinition, walk: Walk): void {
  const isAsked = claim.by === 'asked';
  if (!(isAsked ? walk.breaks() : walk.warns())) return;
  const sound = isSound(structure);
  const why = sound
    ? `it has no snapshot, and what it is derived from (${structure.baseDefinition ?? 'nothing'}) is not on this server`
    : 'it is no right StructureDefinition';
  const text = `The profile ${claim.canonical} cannot be used: ${why}.`;
  const hint = sound
    ? 'Add the package that has it: npm run ig -- add FILE.tgz'
    : 'Ask $validate what is wrong with the StructureDefinition.';
  const severity = isAsked ? 'error' : 'warning';
  walk.tell(claimPlace(claim), { rule: 'profile', issue: 'not-found', text, hint, severity });
}

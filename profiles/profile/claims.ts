/** Which profiles a resource is held to. https://hl7.org/fhir/R4/profiling.html#resources */
import type { Way } from '../way.ts';
import { isObject } from './walk.ts';

/** A resource and a profile for it. */
export interface Claim {
  readonly canonical: string;
  /** `claimed` in meta.profile, `asked` for by who judges, `own`: this server's profile of the type. */
  readonly by: 'claimed' | 'asked' | 'own';
  readonly resource: any;
  readonly rootResource: any;
  readonly fullUrl: string | undefined;
  /** Where the resource stands, and the place of the claim in its meta.profile. */
  at(): Way;
  readonly index: number;
}

/** How deep Bundles in Bundles and Parameters in Parameters are looked into. */
const nestedMax = 16;

/** What resources claim for themselves: the one given, those that it contains, and those of a Bundle or of Parameters. */
export function claimsOf(resource: any): Claim[] {
  const claims: Claim[] = [];
  collect(resource, resource, undefined, () => ({ up: undefined, name: resource.resourceType, index: -1 }), claims, 0);
  return claims;
}

function collect(
  resource: any,
  rootResource: any,
  fullUrl: string | undefined,
  at: () => Way,
  claims: Claim[],
  depth: number,
): void {
  const claimed: unknown = resource.meta?.profile;
  if (Array.isArray(claimed)) {
    for (const [index, canonical] of claimed.entries()) {
      if (typeof canonical === 'string')
        claims.push({ canonical, by: 'claimed', resource, rootResource, fullUrl, at, index });
    }
  }
  if (depth > nestedMax) return;
  each(resource.contained, at, 'contained', (inner, way) => {
    collect(inner, resource, fullUrl, way, claims, depth + 1);
  });
  if (resource.resourceType === 'Bundle') {
    each(resource.entry, at, 'entry', (entry, way) => {
      const url = typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined;
      within(entry, url, way, claims, depth);
    });
  } else if (resource.resourceType === 'Parameters') parameters(resource.parameter, at, 'parameter', claims, depth);
}

function parameters(list: unknown, at: () => Way, name: string, claims: Claim[], depth: number): void {
  if (depth > nestedMax) return;
  each(list, at, name, (parameter, way) => {
    within(parameter, undefined, way, claims, depth);
    if (parameter.part !== undefined) parameters(parameter.part, way, 'part', claims, depth + 1);
  });
}

function within(holder: any, fullUrl: string | undefined, way: () => Way, claims: Claim[], depth: number): void {
  const { resource } = holder;
  if (!isObject(resource)) return;
  collect(resource, resource, fullUrl, () => ({ up: way(), name: 'resource', index: -1 }), claims, depth + 1);
}

function each(list: unknown, at: () => Way, name: string, use: (item: any, way: () => Way) => void): void {
  if (!Array.isArray(list)) return;
  for (const [index, item] of list.entries()) if (isObject(item)) use(item, () => ({ up: at(), name, index }));
}

/**
 * What each entry of a transaction becomes, once the matches of its criteria are known: ids, links, writes. Pure.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { type Access, allows, Fault, type Verb } from '../../resources/index.ts';
import type { Criteria } from '../../store/index.ts';
import { parseQuery } from '../call.ts';
import { criteriaOf, parseCriteria } from '../criteria.ts';
import { severalMatches } from '../interactions/create.ts';
import { criteriaText } from '../interactions/update.ts';
import { type PlannedEntry, placed, within } from './entries.ts';
import { conditionalReferences, parseConditional } from './links.ts';
import { holdsOwnLinks } from './prepare.ts';

/** What an entry does to the store. */
export type Act =
  | { readonly entry: PlannedEntry; readonly do: 'create' | 'update'; readonly type: string; readonly id: string }
  | { readonly entry: PlannedEntry; readonly do: 'patch' | 'delete'; readonly type: string; readonly id: string }
  /** A conditional create that found its resource, or a conditional delete that found none. */
  | { readonly entry: PlannedEntry; readonly do: 'nothing'; readonly type: string; readonly id: string | undefined }
  | { readonly entry: PlannedEntry; readonly do: 'get' };

/** Criteria whose matches decide the transaction. */
export interface Asked {
  /** By entry index: criteria of a conditional interaction. */
  readonly entries: ReadonlyMap<number, Criteria>;
  /** By reference as it stands in the text. */
  readonly references: ReadonlyMap<string, Criteria>;
}

/** Everything that must be searched before the transaction can be decided. @throws Fault `invalid-request` for empty criteria */
export function askedBy(entries: readonly PlannedEntry[]): Asked {
  const conditional = new Map<number, Criteria>();
  const references = new Map<string, Criteria>();
  for (const entry of entries) {
    const where = `Bundle.entry[${entry.index}]`;
    if (isConditional(entry)) {
      const criteria = within(where, () => entryCriteria(entry), criteriaPlace(entry));
      if (criteria) conditional.set(entry.index, criteria);
    }
    if (entry.resource === undefined || entry.target.operation || holdsOwnLinks(entry.target.type)) continue;
    for (const reference of conditionalReferences(entry.resource)) {
      const { type, query } = parseConditional(reference)!;
      if (!references.has(reference))
        references.set(reference, criteriaOf(type, parseQuery(query), `${where}.resource`));
    }
  }
  return { entries: conditional, references };
}

/** Refuses a whole transaction of which the caller may not do one part. @throws Fault `forbidden` */
export function authoriseAll(entries: readonly PlannedEntry[], access: Access): void {
  for (const { target, index } of entries) {
    const verb = verbs[target.interaction];
    if (verb && !allows(access, verb, target.type ?? '*')) {
      throw new Fault('forbidden', `You may not ${verb} ${target.type ?? 'resources of all types'}.`, {
        expression: `Bundle.entry[${index}]`,
      });
    }
  }
}

const verbs: Readonly<Partial<Record<string, Verb>>> = {
  create: 'create',
  update: 'update',
  patch: 'update',
  delete: 'delete',
  read: 'read',
  vread: 'read',
  'search-type': 'search',
  'search-system': 'search',
  'search-compartment': 'search',
  'history-instance': 'read',
  'history-type': 'read',
  'history-system': 'read',
};

/**
 * Decides every entry.
 * @param matches ids by entry index, at most two each
 * @param newId gives the id of a created resource
 * @throws Fault `multiple-matches`, `not-found` (conditional patch), `invalid-request` where one identity is named twice
 */
export function decideAll(
  entries: readonly PlannedEntry[],
  matches: ReadonlyMap<number, readonly string[]>,
  newId: () => string,
): Act[] {
  const deleted = deletedIds(entries, matches);
  const acts = entries.map((entry) => {
    try {
      return decideEntry(entry, matches.get(entry.index), deleted, newId);
    } catch (error) {
      throw placed(error, `Bundle.entry[${entry.index}]`, criteriaPlace(entry));
    }
  });
  requireDistinct(acts);
  return acts;
}

/**
 * The link by which other entries refer to each written or found resource.
 * @param links those that are known already; the others are added to them
 */
export function linksOf(acts: readonly Act[], links = new Map<string, string>()): Map<string, string> {
  const put = new Set<string>();
  for (const act of acts) if (act.do === 'update') put.add(`${act.type}/${act.id}`);
  for (const act of acts) {
    const { fullUrl } = act.entry;
    if (fullUrl === undefined || act.do === 'get' || act.id === undefined) continue;
    const target = `${act.type}/${act.id}`;
    links.set(fullUrl, target);
    // A RESTful fullUrl is also meant by the relative reference to it: https://hl7.org/fhir/R4/bundle.html#references
    const relative = /^https?:\/\/.*\/([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(fullUrl)?.[1];
    if (relative?.startsWith(`${act.type}/`) && relative !== target && !put.has(relative)) links.set(relative, target);
  }
  return links;
}

function isConditional({ target, headers, query }: PlannedEntry): boolean {
  return target.interaction === 'create'
    ? headers.ifNoneExist !== undefined
    : query.length > 0 || target.id === undefined;
}

/** Where the criteria of an entry stand. */
function criteriaPlace({ target, headers, index }: PlannedEntry): string {
  const conditionalCreate = target.interaction === 'create' && headers.ifNoneExist !== undefined;
  return `Bundle.entry[${index}].request.${conditionalCreate ? 'ifNoneExist' : 'url'}`;
}

function entryCriteria(entry: PlannedEntry): Criteria | undefined {
  const { target, headers, query } = entry;
  const where = criteriaPlace(entry);
  if (target.interaction === 'create') {
    const { ifNoneExist } = headers;
    return ifNoneExist === undefined ? undefined : parseCriteria(target.type!, ifNoneExist, where);
  }
  if (target.id !== undefined || !['update', 'patch', 'delete'].includes(target.interaction)) return undefined;
  return criteriaOf(target.type!, query, where);
}

function decideEntry(
  entry: PlannedEntry,
  matched: readonly string[] | undefined,
  deleted: ReadonlySet<string>,
  newId: () => string,
): Act {
  const { interaction, id } = entry.target;
  const type = entry.target.type!;
  const ids = matched?.filter((match) => interaction === 'delete' || !deleted.has(`${type}/${match}`));
  if (ids && ids.length > 1)
    throw severalMatches(`${entry.method} ${type}`, criteriaText(entry.query) || entry.headers.ifNoneExist!);
  const found = ids?.[0];
  switch (interaction) {
    case 'create':
      return found === undefined
        ? { entry, do: 'create', type, id: newId() }
        : { entry, do: 'nothing', type, id: found };
    case 'update': {
      if (id !== undefined) return { entry, do: 'update', type, id };
      const sent = resourceId(entry);
      if (found !== undefined && sent !== undefined && sent !== found) {
        throw new Fault(
          'invalid-request',
          `The criteria select ${type}/${found}, but the resource has the id ${JSON.stringify(sent)}.`,
          { hint: 'Leave the id out.' },
        );
      }
      return { entry, do: found === undefined ? 'create' : 'update', type, id: found ?? sent ?? newId() };
    }
    case 'patch': {
      const target = id ?? found;
      if (target === undefined)
        throw new Fault('not-found', `No ${type} matches ${JSON.stringify(criteriaText(entry.query).slice(0, 200))}.`);
      return { entry, do: 'patch', type, id: target };
    }
    case 'delete': {
      const target = id ?? found;
      return target === undefined
        ? { entry, do: 'nothing', type, id: undefined }
        : { entry, do: 'delete', type, id: target };
    }
    case 'transaction':
      throw new Fault('not-supported', 'A transaction cannot be an entry of a transaction.');
    default:
      return { entry, do: 'get' };
  }
}

/** What this transaction deletes cannot be matched by its creates and updates, which come after. */
function deletedIds(entries: readonly PlannedEntry[], matches: ReadonlyMap<number, readonly string[]>): Set<string> {
  const deleted = new Set<string>();
  for (const { target, index } of entries) {
    if (target.interaction !== 'delete') continue;
    for (const id of target.id === undefined ? (matches.get(index) ?? []) : [target.id])
      deleted.add(`${target.type}/${id}`);
  }
  return deleted;
}

/** One identity may be changed once only: https://hl7.org/fhir/R4/http.html#trules */
function requireDistinct(acts: readonly Act[]): void {
  const fullUrls = new Map<string, number>();
  const identities = new Map<string, number>();
  for (const act of acts) {
    if (act.do === 'get') continue;
    const { index, fullUrl, query, headers, target } = act.entry;
    if (fullUrl !== undefined) claim(fullUrls, fullUrl, index, 'fullUrl');
    // Two conditional creates of one identity would each see none and create two.
    const { ifNoneExist } = headers;
    if (ifNoneExist !== undefined) claim(identities, `${act.type}?${ifNoneExist}`, index, 'request.ifNoneExist');
    if (query.length > 0) claim(identities, `${act.type}?${criteriaText(query)}`, index, 'request.url');
    // An id that was made for this create is nobody else's.
    const isOwnId = act.do === 'create' && target.interaction === 'create';
    if (act.do !== 'nothing' && !isOwnId) claim(identities, `${act.type}/${act.id}`, index, 'request.url');
  }
}

/** @param element of the entry, in which the name stands */
function claim(taken: Map<string, number>, name: string, index: number, element: string): void {
  const other = taken.get(name);
  if (other !== undefined) {
    throw new Fault(
      'invalid-request',
      `${name.slice(0, 200)} stands in Bundle.entry[${other}] already; a transaction may name it once only.`,
      { expression: `Bundle.entry[${index}].${element}` },
    );
  }
  taken.set(name, index);
}

/** Only asked of conditional updates; broken JSON is told when the resource is prepared. */
function resourceId(entry: PlannedEntry): string | undefined {
  try {
    const { id } = JSON.parse(entry.resource ?? '{}');
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

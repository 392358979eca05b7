/** What adding a package comes to, given what is stored. Pure. */
import { createHash } from 'node:crypto';
import type { GuideMember } from './records.ts';

/** A resource that is stored under the canonical and version of a member, or under an id that one may get. */
export interface Present {
  readonly type: string;
  readonly id: string;
  readonly url: string | undefined;
  readonly version: string | undefined;
  readonly ver: number;
  readonly deleted: boolean;
}

/** A resource that a guide brought. */
export interface Brought {
  readonly guide: number;
  readonly type: string;
  readonly id: string;
  readonly ownId: string;
  readonly url: string | undefined;
  readonly version: string | undefined;
  readonly hash: string;
  readonly ver: number;
}

/** What becomes of one member. */
export type Fate = { readonly member: GuideMember; readonly id: string } & (
  | { readonly do: 'create' }
  | { readonly do: 'update'; readonly ver: number }
  /** It is what it should be, or what somebody made of it: the note of the version stays. */
  | { readonly do: 'keep'; readonly ver: number; readonly isChanged: boolean }
  | { readonly do: 'share'; readonly ver: number; readonly with: number; readonly isSame: boolean }
  /** Somebody stored the same definition himself: it is his. */
  | { readonly do: 'leave' }
);

export interface Decided {
  readonly fates: readonly Fate[];
  /** Of an earlier state of the same guide. */
  readonly gone: readonly Brought[];
}

/** The longest id. https://hl7.org/fhir/R4/datatypes.html#id */
const ID_LENGTH_MAX = 64;

/**
 * @param guide number of the guide where it is installed already
 * @param present what stands under the addresses and ids of the members · @param brought by all guides
 */
export function decide(
  members: readonly GuideMember[],
  guide: number | undefined,
  present: readonly Present[],
  brought: readonly Brought[],
): Decided {
  const byKey = new Map(present.map((one) => [`${one.type}/${one.id}`, one]));
  const byAddress = new Map(
    present.flatMap((one) => (one.deleted || !one.url ? [] : [[addressOf(one), one] as const])),
  );
  const own = new Map(brought.filter((one) => one.guide === guide).map((one) => [nameOf(one), one]));
  const others = new Map(brought.filter((one) => one.guide !== guide).map((one) => [`${one.type}/${one.id}`, one]));
  const taken = new Set([...byKey].flatMap(([key, { deleted }]) => (deleted ? [] : [key])));
  const fates: Fate[] = [];
  for (const member of members) {
    const known = own.get(nameOf(member));
    const there = known ? byKey.get(`${known.type}/${known.id}`) : byAddress.get(addressOf(member));
    const fate = known
      ? fateOfKnown(member, known, there)
      : there && member.url
        ? fateOfThere(member, there, others)
        : ({ member, id: freeId(member, taken), do: 'create' } as const);
    taken.add(`${member.type}/${fate.id}`);
    fates.push(fate);
  }
  const kept = new Set(fates.map(({ member, id }) => `${member.type}/${id}`));
  return { fates, gone: [...own.values()].filter((one) => !kept.has(`${one.type}/${one.id}`)) };
}

/** Ids in the order in which they are tried. */
export function idsOf({ type, ownId, url = '', version = '' }: Omit<GuideMember, 'draft' | 'hash'>): string[] {
  const hash = createHash('sha256').update(`${type} ${ownId} ${url}|${version}`).digest('hex').slice(0, 8);
  const first = toId(ownId ?? /[^/]*$/.exec(url)![0]) || hash;
  const long = version === '' ? `${first}-${hash}` : `${first}-${toId(version)}`;
  const unique = `${first.slice(0, ID_LENGTH_MAX - hash.length - 1)}-${hash}`;
  return [first.slice(0, ID_LENGTH_MAX), long.length > ID_LENGTH_MAX ? unique : long, unique];
}

/** The same for definitions that are the same one in the same version. */
export function addressOf({ type, url, version }: Pick<Present, 'type' | 'url' | 'version'>): string {
  return `${type} ${url ?? ''}|${version ?? ''}`;
}

function fateOfKnown(member: GuideMember, known: Brought, there: Present | undefined): Fate {
  const isChanged = !there || there.deleted || there.ver !== known.ver;
  if (isChanged || known.hash === member.hash) return { member, id: known.id, do: 'keep', ver: known.ver, isChanged };
  return { member, id: known.id, do: 'update', ver: there.ver };
}

function fateOfThere(member: GuideMember, { type, id }: Present, others: ReadonlyMap<string, Brought>): Fate {
  const other = others.get(`${type}/${id}`);
  if (!other) return { member, id, do: 'leave' };
  return { member, id, do: 'share', ver: other.ver, with: other.guide, isSame: other.hash === member.hash };
}

function freeId(member: GuideMember, taken: ReadonlySet<string>): string {
  const ids = idsOf(member);
  return ids.find((id) => !taken.has(`${member.type}/${id}`)) ?? ids.at(-1)!;
}

/** By what a guide knows its members again: what has no address by its id in the package. */
function nameOf(one: Pick<GuideMember, 'type' | 'url' | 'version' | 'ownId'>): string {
  return one.url === undefined ? `${one.type}/${one.ownId}` : addressOf(one);
}

function toId(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]/g, '-');
}

/**
 * Implementation guides: packages whose definitions are stored as ordinary resources, with notes of which guide brought
 * which of them and what a canonical without a version means. https://hl7.org/fhir/R4/packages.html
 */
import {
  type Access,
  type Context,
  Fault,
  nearest,
  resourceTypes,
  searchParameters,
  systemAccess,
} from '../../resources/index.ts';
import type { Parts } from '../parts.ts';
import type { Write } from '../records.ts';
import { isDefinition } from '../search/canonical.ts';
import { addressText } from '../search/uri.ts';
import type { Row, Statement } from '../session.ts';
import { toInstant } from '../time.ts';
import { BEGIN, COMMIT, commitSet } from '../transaction.ts';
import { prepare } from '../write/jobs.ts';
import { type Brought, decide, type Fate, idsOf, type Present } from './decide.ts';
import { type Depending, reachOf } from './depend.ts';
import type { Added, Guide, GuideMember, GuidePackage, Guides, MemberName, Removed } from './records.ts';
import {
  byAddressStatement,
  byIdStatement,
  CHANGED,
  forgetStatements,
  GUIDE_LOCK,
  GUIDES,
  MEMBERS,
  neededStatement,
  noteStatements,
  PINNED,
  pinStatements,
  toBrought,
  toDepending,
  toPresent,
} from './statements.ts';

const access: Access = systemAccess('npm run ig');

/** @param changed is called when definitions may have changed, before the caller hears of it */
export function openGuides(parts: Parts, changed: () => Promise<void>): Guides {
  return new Room(parts, changed);
}

class Room implements Guides {
  readonly #parts: Parts;
  readonly #changed: () => Promise<void>;

  constructor(parts: Parts, changed: () => Promise<void>) {
    this.#parts = parts;
    this.#changed = changed;
  }

  async list(context: Context): Promise<readonly Guide[]> {
    const [guides, members, pinned, hand] = await this.#run([GUIDES, MEMBERS, PINNED, CHANGED], context);
    const { types } = this.#parts;
    const of = (rows: readonly Row[], guide: Row) => rows.filter(([n]) => n === guide[0]);
    return guides!.map((guide) => ({
      ...toDepending(guide),
      canonical: guide[5] ?? undefined,
      title: guide[6] ?? undefined,
      installed: toInstant(guide[7]!),
      members: of(members!, guide).length,
      pinned: Number(of(pinned!, guide)[0]?.[1] ?? 0),
      changed: of(hand!, guide).map((row) =>
        nameOf(toBrought([...row.slice(0, 3), '', row[3]!, row[4]!, '', '0'], types)),
      ),
    }));
  }

  add(source: GuidePackage, context: Context): Promise<Added> {
    return this.#alone(context, () => this.#add(source, context));
  }

  remove(name: string, version: string | undefined, context: Context): Promise<Removed> {
    return this.#alone(context, () => this.#remove(name, version, context));
  }

  pin(name: string, version: string, context: Context): Promise<number> {
    return this.#alone(context, async () => {
      const { guides } = await this.#notes(context);
      const statements = pinStatements(named(guides, name, version));
      const [, , pinned] = await this.#run([BEGIN, ...statements, COMMIT], context);
      await this.#changed();
      return pinned!.length;
    });
  }

  async #add(source: GuidePackage, context: Context): Promise<Added> {
    const { guides, brought } = await this.#notes(context);
    const installed = guides.find(({ name, version }) => name === source.name && version === source.version);
    const own = brought.filter(({ guide }) => guide === installed?.n);
    const present = await this.#present(source.members, own, context);
    const { fates, gone } = decide(source.members, installed?.n, present, brought);
    const told = toldOf(fates, guides);
    if (installed?.hash === source.hash) {
      return { ...told, did: 'nothing', written: 0, deleted: 0, unpinned: await this.#unpinned(fates, context) };
    }
    const { deletions, kept } = deletionsOf(gone, present, brought, installed?.n);
    const writes = this.#writesOf(fates);
    await this.#write([...writes, ...deletions], noteStatements(source, fates, guides, this.#parts.types), context);
    return {
      ...told,
      did: installed ? 'replaced' : 'installed',
      written: writes.length,
      deleted: deletions.length,
      changed: [...told.changed, ...kept.map(nameOf)],
      unpinned: await this.#unpinned(fates, context),
    };
  }

  async #remove(name: string, version: string | undefined, context: Context): Promise<Removed> {
    const { guides, brought } = await this.#notes(context);
    const guide = named(guides, name, version);
    const reach = reachOf(guides);
    const needing = guides.filter(({ n }) => n !== guide.n && reach.get(n)!.has(guide.n));
    if (needing.length > 0) {
      const names = needing.map((one) => `${one.name}@${one.version}`).join(', ');
      throw new Fault('referenced', `${guide.name}@${guide.version} is needed by ${names}.`, {
        hint: 'Remove what needs it first.',
      });
    }
    const own = brought.filter((one) => one.guide === guide.n);
    const present = await this.#present([], own, context);
    const { deletions, kept, shared } = deletionsOf(own, present, brought, guide.n);
    await this.#requireUnneeded(guide, lostWith(deletions, own, brought), context);
    await this.#write(deletions, forgetStatements(guide, guides), context);
    return { deleted: deletions.length, shared, changed: kept.map(nameOf) };
  }

  /** @throws Fault `referenced` where somebody's own definition names one of these canonicals */
  async #requireUnneeded(guide: Depending, canonicals: readonly string[], context: Context): Promise<void> {
    const { types } = this.#parts;
    const numbers = resourceTypes().flatMap((type) => (isDefinition(type) ? [types.place(type).n] : []));
    const [needing] = await this.#run([neededStatement(numbers, canonicals)], context);
    if (needing!.length === 0) return;
    const names = needing!.map(([type, id]) => `${types.name(type!)}/${id}`).join(', ');
    throw new Fault('referenced', `${guide.name}@${guide.version} is needed by ${names}.`, {
      hint: `It names ${needing![0]![2]}. Change or delete what needs it first.`,
    });
  }

  /** One change after the other. The lock goes with its transaction, however this ends. */
  #alone<T>(context: Context, work: () => Promise<T>): Promise<T> {
    return this.#parts.database.house.use(context, async (trip) => {
      await trip([BEGIN, GUIDE_LOCK]);
      const result = await work();
      await trip([COMMIT]);
      return result;
    });
  }

  #run(statements: readonly Statement[], context: Context): Promise<Row[][]> {
    return this.#parts.database.transactions.use(context, (trip) => trip(statements));
  }

  async #notes(context: Context) {
    const [guides, members] = await this.#run([GUIDES, MEMBERS], context);
    return {
      guides: guides!.map((row) => ({ ...toDepending(row), hash: row[4]! })),
      brought: members!.map((row) => toBrought(row, this.#parts.types)),
    };
  }

  #writesOf(fates: readonly Fate[]): Write[] {
    const idOf = new Map(fates.map(({ member, id }) => [`${member.type}/${member.ownId}`, id]));
    return fates.flatMap((fate): Write[] => {
      if (fate.do !== 'create' && fate.do !== 'update') return [];
      const content = prepare(this.#parts, fate.member.draft(fate.id, idOf));
      const condition = fate.do === 'update' ? { ifMatch: fate.ver } : { ifNoneMatchAny: true };
      return [{ do: 'update', content, condition }];
    });
  }

  async #write(writes: readonly Write[], beside: readonly Statement[], context: Context): Promise<void> {
    const done = await commitSet(this.#parts, access, { guards: [], writes }, context, beside);
    if (done === 'stale') throw new Fault('conflict', 'What was to be written has changed.', { hint: 'Try again.' });
    await this.#changed();
  }

  /** What stands where the members are or may come to stand. */
  async #present(members: readonly GuideMember[], own: readonly Brought[], context: Context): Promise<Present[]> {
    const { types } = this.#parts;
    const numbered = (type: string) => types.place(type).n;
    const ids = [
      ...own.map(({ type, id }) => ({ type: numbered(type), id })),
      ...members.flatMap((member) => idsOf(member).map((id) => ({ type: numbered(member.type), id }))),
    ];
    const addresses = members.flatMap(({ type, url, version }) =>
      url === undefined ? [] : [{ type: numbered(type), hash: this.#hashOf(type, url, version) }],
    );
    const rows = await this.#run([byIdStatement(ids), byAddressStatement(addresses)], context);
    const found = rows.flat().map((row) => toPresent(row, types));
    return [...new Map(found.map((one) => [`${one.type}/${one.id}`, one])).values()];
  }

  #hashOf(type: string, url: string, version: string | undefined): bigint {
    const [slot] = searchParameters(type).get('url')!.slots;
    return this.#parts.extractor.hash(addressText(slot!, version === undefined ? url : `${url}|${version}`));
  }

  /** How many of the definitions are not what their canonical means without a version. */
  async #unpinned(fates: readonly Fate[], context: Context): Promise<number> {
    const [rows] = await this.#run([{ text: 'select type, id from guide_pin' }], context);
    const pinned = new Set(rows!.map(([type, id]) => `${this.#parts.types.name(type!)}/${id}`));
    return fates.filter(({ member, id }) => member.url !== undefined && !pinned.has(`${member.type}/${id}`)).length;
  }
}

/** @throws Fault `not-found` telling what there is */
function named<G extends Depending>(guides: readonly G[], name: string, version: string | undefined): G {
  const same = guides.filter((guide) => guide.name === name);
  const found = version === undefined ? same : same.filter((guide) => guide.version === version);
  if (found.length === 1) return found[0]!;
  const asked = version === undefined ? name : `${name}@${version}`;
  if (found.length > 1) {
    const versions = found.map((guide) => `${name}@${guide.version}`).join(' or ');
    throw new Fault('invalid-request', `${name} is installed in several versions.`, {
      hint: `Say which: ${versions}.`,
    });
  }
  const near = nearest(
    asked,
    guides.map((guide) => (version === undefined ? guide.name : `${guide.name}@${guide.version}`)),
  );
  const there = same.map((guide) => `${guide.name}@${guide.version}`).join(', ');
  throw new Fault('not-found', `${asked} is not installed.`, {
    hint: there ? `There is ${there}.` : near ? `Did you mean ${near}?` : '`npm run ig -- list` tells what is.',
  });
}

/** What can be deleted of what a guide brought: neither what others have, too, nor what somebody changed. */
function deletionsOf(
  gone: readonly Brought[],
  present: readonly Present[],
  brought: readonly Brought[],
  guide: number | undefined,
) {
  const elsewhere = new Set(brought.filter((one) => one.guide !== guide).map(({ type, id }) => `${type}/${id}`));
  const there = new Map(present.map((one) => [`${one.type}/${one.id}`, one]));
  const deletions: Write[] = [];
  const kept: Brought[] = [];
  let shared = 0;
  for (const one of gone) {
    const now = there.get(`${one.type}/${one.id}`);
    if (elsewhere.has(`${one.type}/${one.id}`)) shared++;
    else if (!now || now.deleted) continue;
    else if (now.ver !== one.ver) kept.push(one);
    else deletions.push({ do: 'delete', type: one.type, id: one.id, condition: { ifMatch: one.ver } });
  }
  return { deletions, kept, shared };
}

/** Canonicals that lead to nothing when these are gone. */
function lostWith(deletions: readonly Write[], own: readonly Brought[], brought: readonly Brought[]): string[] {
  const gone = new Set(deletions.map((one) => (one.do === 'delete' ? `${one.type}/${one.id}` : '')));
  const isGone = ({ type, id }: Brought) => gone.has(`${type}/${id}`);
  const left = new Set(brought.filter((one) => !isGone(one)).map(({ url }) => url));
  return own.filter(isGone).flatMap(({ url, version }) => {
    if (url === undefined) return [];
    return [...(left.has(url) ? [] : [url]), ...(version === undefined ? [] : [`${url}|${version}`])];
  });
}

function toldOf(fates: readonly Fate[], guides: readonly Depending[]): Pick<Added, 'changed' | 'there' | 'shared'> {
  const changed: MemberName[] = [];
  const there: Added['there'][number][] = [];
  let shared = 0;
  for (const fate of fates) {
    const { type, url, version } = fate.member;
    const name = { type, id: fate.id, url, version };
    if (fate.do === 'keep' && fate.isChanged) changed.push(name);
    else if (fate.do === 'leave') there.push({ ...name, of: undefined });
    else if (fate.do === 'share' && fate.isSame) shared++;
    else if (fate.do === 'share') {
      const other = guides.find(({ n }) => n === fate.with)!;
      there.push({ ...name, of: `${other.name}@${other.version}` });
    }
  }
  return { changed, there, shared };
}

function nameOf({ type, id, url, version }: Brought): MemberName {
  return { type, id, url, version };
}

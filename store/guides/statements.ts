/**
 * What the guide tables are asked and told. What changes them stands in transactions that others begin and commit.
 * Definitions have no partition of their own: all of them lie in `res_rest`.
 */
import type { Row, Statement } from '../session.ts';
import type { TypeNumbers } from '../types.ts';
import type { Brought, Fate, Present } from './decide.ts';
import { type Depending, reachOf } from './depend.ts';
import type { GuidePackage } from './records.ts';

/** One change of guides after the other, whichever process makes it. Any number that nothing else locks. */
export const GUIDE_LOCK: Statement = { text: 'select pg_advisory_xact_lock(7268011)' };

export const GUIDES: Statement = {
  text: `select n, name, version, depends::text, encode(hash, 'hex'), canonical, title, installed::text from guide order by n`,
};

export const MEMBERS: Statement = {
  text: `select guide, type, id, own_id, url, version, encode(hash, 'hex'), ver from guide_member order by guide, type, id`,
};

/** Members by guide: those that are pinned. */
export const PINNED: Statement = {
  text: `select m.guide, count(*) from guide_member m join guide_pin p on p.type = m.type and p.id = m.id group by 1`,
};

/** Members whose resource is not the version that was stored: guide, type, id. */
export const CHANGED: Statement = {
  text: `select m.guide, m.type, m.id, m.url, m.version from guide_member m
    left join res_rest r on r.type = m.type and r.id = m.id where r.ver is distinct from m.ver order by 1, 2, 3`,
};

/** What stands under these ids. */
export function byIdStatement(wanted: readonly { type: number; id: string }[]): Statement {
  return {
    text: `select distinct o.type, o.id, v.resource ->> 'url', v.resource ->> 'version', o.ver, o.deleted
      from unnest($1::smallint[], $2::text[]) u(type, id) join res_rest o on o.type = u.type and o.id = u.id
      join ver_rest v on v.type = o.type and v.id = o.id and v.ver = o.ver`,
    values: [wanted.map(({ type }) => type), wanted.map(({ id }) => id)],
  };
}

/** What stands under addresses. @param wanted the hashes of the addresses */
export function byAddressStatement(wanted: readonly { type: number; hash: bigint }[]): Statement {
  return {
    text: `select o.type, o.id, v.resource ->> 'url', v.resource ->> 'version', o.ver, o.deleted
      from unnest($1::smallint[], $2::int8[]) u(type, h) join res_rest o on o.h @> array[u.h] and o.type = u.type
      join ver_rest v on v.type = o.type and v.id = o.id and v.ver = o.ver where not o.deleted`,
    values: [wanted.map(({ type }) => type), wanted.map(({ hash }) => hash)],
  };
}

/** Definitions of nobody's guide that name one of these canonicals anywhere. @param types numbers of those that may */
export function neededStatement(types: readonly number[], canonicals: readonly string[]): Statement {
  return {
    text: `select distinct on (o.type, o.id) o.type, o.id, s.text
      from res_rest o join ver_rest v on v.type = o.type and v.id = o.id and v.ver = o.ver
      cross join lateral (select q #>> '{}' from jsonb_path_query(v.resource, 'strict $.** ? (@.type() == "string")') q) s(text)
      where o.type = any($1::smallint[]) and not o.deleted and s.text = any($2::text[])
      and s.text is distinct from v.resource ->> 'url'
      and not exists (select from guide_member m where m.type = o.type and m.id = o.id) order by 1, 2 limit 5`,
    values: [types, canonicals],
  };
}

export function toPresent([type, id, url, version, ver, deleted]: Row, types: TypeNumbers): Present {
  return {
    type: types.name(type!),
    id: id!,
    url: url ?? undefined,
    version: version ?? undefined,
    ver: Number(ver),
    deleted: deleted === 't',
  };
}

export function toBrought([guide, type, id, ownId, url, version, hash, ver]: Row, types: TypeNumbers): Brought {
  return {
    guide: Number(guide),
    type: types.name(type!),
    id: id!,
    ownId: ownId!,
    url: url ?? undefined,
    version: version ?? undefined,
    hash: hash!,
    ver: Number(ver),
  };
}

export function toDepending([n, name, version, depends]: Row): Depending {
  return { n: Number(n), name: name!, version: version!, depends: JSON.parse(depends!) };
}

/**
 * Notes a guide with its members, once their resources are written in the same transaction.
 * @param guides those that there were
 */
export function noteStatements(
  source: GuidePackage,
  fates: readonly Fate[],
  guides: readonly Depending[],
  types: TypeNumbers,
): Statement[] {
  const { name, version, hash, canonical, title, depends } = source;
  const noted = fates.filter((fate) => fate.do !== 'leave');
  const others = guides.filter((guide) => guide.name !== name || guide.version !== version);
  return [
    {
      text: `insert into guide (name, version, hash, canonical, title, depends) values ($1, $2, decode($3, 'hex'), $4, $5, $6)
        on conflict (name, version) do update set hash = excluded.hash, canonical = excluded.canonical,
        title = excluded.title, depends = excluded.depends, installed = now()`,
      values: [name, version, hash, canonical ?? null, title ?? null, JSON.stringify(depends)],
    },
    {
      text: 'delete from guide_member where guide = (select n from guide where name = $1 and version = $2)',
      values: [name, version],
    },
    {
      // What was written just now tells its version itself.
      text: `insert into guide_member (guide, type, id, own_id, url, version, hash, ver)
        select g.n, u.type, u.id, u.own_id, nullif(u.url, ''), nullif(u.version, ''), decode(u.hash, 'hex'), coalesce(nullif(u.ver, 0), r.ver)
        from unnest($3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[])
          u(type, id, own_id, url, version, hash, ver)
        join guide g on g.name = $1 and g.version = $2
        left join res_rest r on u.ver = 0 and r.type = u.type and r.id = u.id`,
      values: [
        name,
        version,
        noted.map(({ member }) => types.place(member.type).n),
        noted.map(({ id }) => id),
        noted.map(({ member, id }) => member.ownId ?? id),
        noted.map(({ member }) => member.url ?? ''),
        noted.map(({ member }) => member.version ?? ''),
        noted.map(({ member }) => member.hash),
        noted.map((fate) => ('ver' in fate && fate.do !== 'update' ? fate.ver : 0)),
      ],
    },
    ...reachStatements([...others, { n: 0, name, version, depends }]),
    ...PIN_REST,
    ...TELL,
  ];
}

/** Forgets a guide, once its resources are deleted in the same transaction. */
export function forgetStatements(gone: Depending, guides: readonly Depending[]): Statement[] {
  return [
    { text: 'delete from guide where n = $1::int', values: [gone.n] },
    ...reachStatements(guides.filter(({ n }) => n !== gone.n)),
    ...PIN_REST,
    ...TELL,
  ];
}

/** Pins what one guide brought. The second statement tells how many pins that changed. */
export function pinStatements({ n }: Depending): Statement[] {
  return [
    {
      text: `delete from guide_pin p using guide_member m where m.guide = $1::int and p.type = m.type and p.url = m.url and p.id <> m.id
        returning p.id`,
      values: [n],
    },
    {
      text: `insert into guide_pin (type, url, id) select type, url, id from guide_member where guide = $1::int and url is not null
        on conflict do nothing returning id`,
      values: [n],
    },
    ...TELL,
  ];
}

/** What nothing is pinned of any more, or yet, is pinned as the guide has it that was there first. */
const PIN_REST: readonly Statement[] = [
  {
    text: `delete from guide_pin p where not exists (select from guide_member m where m.type = p.type and m.id = p.id)`,
  },
  {
    text: `insert into guide_pin (type, url, id) select distinct on (type, url) type, url, id from guide_member
      where url is not null order by type, url, guide on conflict do nothing`,
  },
];

const TELL: readonly Statement[] = [
  { text: `select pg_notify('vesta_definitions', ''), pg_notify('vesta_parameters', '')` },
];

/** The reach of every guide. A guide that has no number yet is found by its name. */
function reachStatements(guides: readonly Depending[]): Statement[] {
  const reach = [...reachOf(guides)].flatMap(([n, reached]) => [...reached].map((one) => [n, one] as const));
  const byNumber = new Map(guides.map((guide) => [guide.n, guide]));
  const names = (at: 0 | 1, what: 'name' | 'version') => reach.map((pair) => byNumber.get(pair[at])![what]);
  return [
    { text: 'delete from guide_reach' },
    {
      text: `insert into guide_reach (guide, reaches) select g.n, r.n
        from unnest($1::text[], $2::text[], $3::text[], $4::text[]) u(name, version, reached, reached_version)
        join guide g on g.name = u.name and g.version = u.version
        join guide r on r.name = u.reached and r.version = u.reached_version`,
      values: [names(0, 'name'), names(0, 'version'), names(1, 'name'), names(1, 'version')],
    },
  ];
}

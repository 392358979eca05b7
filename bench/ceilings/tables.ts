/** The two tables of the bare server, and its statements: what no server that keeps versions can leave out. */

/**
 * Where the JSON goes. `once`: only the history row holds it, and a read takes the newest version; nothing is written that
 * could be left out, so this is the higher ceiling for writes and the one that counts. `twice`: the current row holds it
 * as well, as most servers do it, and a read is a select by the whole primary key.
 */
export type Layout = 'once' | 'twice';

export const TABLES = `
  create table if not exists current_row (
    type text collate "C" not null, id text collate "C" not null, version int not null, updated timestamptz not null,
    deleted boolean not null default false, resource jsonb, primary key (type, id));
  create table if not exists history_row (
    type text collate "C" not null, id text collate "C" not null, version int not null, updated timestamptz not null,
    method text not null, resource jsonb, primary key (type, id, version))`;

/** SQL of one layout. Parameters are named beside each statement; every one is prepared once per connection. */
export interface Statements {
  /** type, id → version, updated, resource as text (null: deleted) */
  readonly read: string;
  /** type, id → all versions, newest first */
  readonly history: string;
  /** type, id, updated, resource */
  readonly create: string;
  /** type, id, updated, resource → the new version; no row when the id is unknown */
  readonly update: string;
  /** type, id, updated → version; no row when there was nothing to delete */
  readonly delete: string;
  /** array of whole resources as one jsonb, updated */
  readonly transaction: string;
}

// The version is known where the row is locked, so it enters the JSON there.
const NUMBERED = `jsonb_set($4::jsonb, '{meta,versionId}', to_jsonb((version + 1)::text))`;

/** The statements of `layout`. */
export function statements(layout: Layout): Statements {
  const copy = layout === 'twice';
  return {
    read: copy
      ? 'select version, updated, resource::text as text from current_row where type = $1 and id = $2'
      : `select version, updated, resource::text as text from history_row where type = $1 and id = $2
         order by version desc limit 1`,
    history: `select version, updated, method, resource::text as text from history_row where type = $1 and id = $2
      order by version desc`,
    create: `with now_row as (
        insert into current_row (type, id, version, updated, resource)
        values ($1, $2, 1, $3, ${copy ? '$4::jsonb' : 'null'}))
      insert into history_row (type, id, version, updated, method, resource) values ($1, $2, 1, $3, 'POST', $4::jsonb)`,
    update: `with now_row as (
        update current_row set version = version + 1, updated = $3, deleted = false,
          resource = ${copy ? NUMBERED : 'null'}
        where type = $1 and id = $2 returning type, id, version, resource)
      insert into history_row (type, id, version, updated, method, resource)
      select type, id, version, $3, 'PUT', ${copy ? 'resource' : NUMBERED.replace(' + 1', '')} from now_row returning version`,
    delete: `with now_row as (
        update current_row set version = version + 1, updated = $3, deleted = true, resource = null
        where type = $1 and id = $2 and not deleted returning type, id, version)
      insert into history_row (type, id, version, updated, method, resource)
      select type, id, version, $3, 'DELETE', null from now_row returning version`,
    transaction: `with entry as materialized (
        select value ->> 'resourceType' as type, value ->> 'id' as id, value as resource from jsonb_array_elements($1::jsonb)),
      now_row as (
        insert into current_row (type, id, version, updated, resource)
        select type, id, 1, $2, ${copy ? 'resource' : 'null'} from entry)
      insert into history_row (type, id, version, updated, method, resource)
      select type, id, 1, $2, 'POST', resource from entry`,
  };
}

-- Resources that others contain, as they are searched by: one row for each, like one of `res`. It carries no version and
-- nothing of access: both are its container's, and are read there, so that an update of the container that leaves it
-- alone costs nothing, and it can never be seen by anybody who may not see its container.
CREATE TABLE contained (
  type smallint NOT NULL,
  id text COLLATE "C" NOT NULL,          -- 'MedicationRequest/23#m1'
  local text COLLATE "C" NOT NULL,       -- 'm1'
  sk int8 NOT NULL,                      -- the container's
  rid int8 PRIMARY KEY,                  -- keyed hash of the id: references of the container to '#m1' join on it
  owner_type smallint NOT NULL, owner_id text COLLATE "C" NOT NULL,
  owner int8 NOT NULL,                   -- rid of the container
  fl int NOT NULL, nr int NOT NULL, subj int8, code1 int8,
  dt timestamptz, dt_hi timestamptz, dt2 timestamptz, dt2_hi timestamptz, dt3 timestamptz, dt3_hi timestamptz,
  num numeric, num_c numeric, cu int8, uu int8, uc int8,
  sig int8 NOT NULL, h int8[] NOT NULL,
  s1 text COLLATE "C", str text COLLATE "C", raw text
) WITH (fillfactor = 85);

CREATE UNIQUE INDEX contained_id ON contained (type, id);
CREATE INDEX contained_local ON contained (type, local);
CREATE INDEX contained_owner ON contained (owner);
CREATE INDEX contained_h ON contained USING gin (h) WITH (fastupdate = on, gin_pending_list_limit = 64);
CREATE INDEX contained_subj ON contained (subj) WHERE subj IS NOT NULL;
CREATE INDEX contained_code ON contained (code1) WHERE code1 IS NOT NULL;
CREATE INDEX contained_dt ON contained (type, dt) WHERE dt IS NOT NULL;
CREATE INDEX contained_dt2 ON contained (type, dt2) WHERE dt2 IS NOT NULL;
CREATE INDEX contained_dt3 ON contained (type, dt3) WHERE dt3 IS NOT NULL;
CREATE INDEX contained_long ON contained USING gist (tstzrange(dt, dt_hi)) WHERE fl & 4 <> 0;
CREATE INDEX contained_long2 ON contained USING gist (tstzrange(dt2, dt2_hi)) WHERE fl & 16 <> 0;
CREATE INDEX contained_long3 ON contained USING gist (tstzrange(dt3, dt3_hi)) WHERE fl & 64 <> 0;
CREATE INDEX contained_str ON contained USING gin (str gin_trgm_ops) WHERE str IS NOT NULL;

-- The same as it travels in a write; with no id where it is contained no longer.
CREATE TYPE in_contained AS (
  type smallint, id text, local text, sk int8, rid int8, owner_type smallint, owner_id text, owner int8,
  fl int, nr int, subj int8, code1 int8,
  dt timestamptz, dt_hi timestamptz, dt2 timestamptz, dt2_hi timestamptz, dt3 timestamptz, dt3_hi timestamptz,
  num numeric, num_c numeric, cu int8, uu int8, uc int8, sig int8, h int8[], s1 text, str text, raw text
);

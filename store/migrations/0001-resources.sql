-- Layout: `ver` keeps every version of every resource as JSONB, append-only, and is history and event source at once;
-- `res` keeps one narrow row of search values per current resource; `x_*` keep values that do not fit a column.
-- Nothing here above Postgres 15. docs/storage.md tells why each table looks as it does.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Numbers of resource types. Those below 100 have partitions of their own; the store adds the others at start.
CREATE TABLE type (n smallint PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO type VALUES
  (1, 'Patient'), (2, 'Encounter'), (3, 'MedicationRequest'), (4, 'Observation'), (5, 'DiagnosticReport'),
  (6, 'Appointment'), (7, 'Coverage'), (8, 'Claim'), (9, 'Invoice'), (10, 'Condition'), (11, 'Procedure'),
  (12, 'ExplanationOfBenefit'), (13, 'DocumentReference'), (14, 'Immunization'), (15, 'ServiceRequest'),
  (16, 'AuditEvent'), (17, 'Provenance'), (18, 'MedicationAdministration'), (19, 'MedicationDispense'),
  (20, 'ClaimResponse'), (21, 'CarePlan'), (22, 'Slot'), (23, 'Task'), (24, 'Communication');

-- Secrets of this database: `hash` keys every index hash, so that nobody can construct a colliding identity;
-- `page` signs paging links. Written once by the store, never changed.
CREATE TABLE secret (name text PRIMARY KEY, value bytea NOT NULL);

-- One row per life of the data in one Postgres cluster. A restore into another cluster starts the next epoch: transaction
-- ids start again there, so `base` lifts them above all that was ever written (ver.tx = base + transaction id).
-- `seq` is where the log stood then: a cursor of an older epoch goes on from there at the latest.
CREATE TABLE epoch (
  n int PRIMARY KEY, cluster text NOT NULL, base int8 NOT NULL, seq int8 NOT NULL, since timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE res (
  type smallint NOT NULL,
  id text COLLATE "C" NOT NULL,
  sk int8 NOT NULL,                      -- rid of the patient whose compartment this is in, else its own rid: shard key
  rid int8 NOT NULL,                     -- keyed hash of 'Type/id': references join on it
  ver int NOT NULL,
  deleted bool NOT NULL DEFAULT false,
  lu timestamptz NOT NULL,               -- not indexed: updates stay HOT
  fl int NOT NULL DEFAULT 0,             -- bits: see store/search/index-values.ts
  ac int NOT NULL DEFAULT 0,             -- class of access: confidentiality, sensitivity, category tokens (table acl)
  sens int NOT NULL DEFAULT 0,           -- sensitivity bits of meta.security
  nr smallint NOT NULL DEFAULT 0,        -- h[1:nr] are reference tokens
  subj int8, code1 int8,
  dt timestamptz, dt_hi timestamptz, dt2 timestamptz, dt2_hi timestamptz, dt3 timestamptz, dt3_hi timestamptz,  -- [lo,hi)
  num numeric, num_c numeric, cu int8,   -- as written; in the canonical unit; hash of the canonical unit
  uu int8, uc int8,                      -- hashes of the unit's text and of its code, as written
  sig int8 NOT NULL DEFAULT 0,           -- hash of the set of slots that have a value (table sig)
  comp text[],                           -- ids of the patients in whose compartment this is
  h int8[] NOT NULL DEFAULT '{}',        -- hashed tokens
  s1 text COLLATE "C",                   -- sort key of the main string
  str text COLLATE "C", raw text,        -- tagged normalised strings; the same with case and accents where they differ
  PRIMARY KEY (type, id)
) PARTITION BY LIST (type);

CREATE TABLE ver (
  type smallint NOT NULL,
  id text COLLATE "C" NOT NULL,
  ver int NOT NULL,
  sk int8 NOT NULL,
  tx int8 NOT NULL,                      -- visibility horizon of the event log, no order
  last_updated timestamptz NOT NULL,
  method smallint NOT NULL,              -- 1 POST, 2 PUT, 3 DELETE, 4 PATCH
  ac int NOT NULL, sens int NOT NULL, comp text[],   -- the version's own
  meta text,                             -- JSON text of meta without versionId and lastUpdated
  resource jsonb,                        -- without resourceType, id, meta; NULL = deleted
  PRIMARY KEY (type, id, ver)
) PARTITION BY LIST (type);

DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT n, lower(name) AS name FROM type ORDER BY n LOOP
    EXECUTE format('CREATE TABLE res_%s PARTITION OF res FOR VALUES IN (%s) WITH (fillfactor = 85)', t.name, t.n);
    EXECUTE format('CREATE TABLE ver_%s PARTITION OF ver FOR VALUES IN (%s)', t.name, t.n);
  END LOOP;
  CREATE TABLE res_rest PARTITION OF res DEFAULT WITH (fillfactor = 85);
  CREATE TABLE ver_rest PARTITION OF ver DEFAULT;
END $$;

CREATE UNIQUE INDEX res_rid ON res (type, rid);
-- Every probe reads the whole list of pending entries: a full list of 256 kB cost 1.6 ms, also to each deletion, which
-- looks for referrers in every partition; with half of it writes stay as fast.
CREATE INDEX res_h ON res USING gin (h) WITH (fastupdate = on, gin_pending_list_limit = 128);
CREATE INDEX res_subj ON res (subj, code1, dt) WHERE subj IS NOT NULL;
CREATE INDEX res_code ON res (code1, dt) INCLUDE (num, dt_hi, sk, ac) WHERE code1 IS NOT NULL;
CREATE INDEX res_dt ON res (dt) INCLUDE (dt_hi) WHERE dt IS NOT NULL;
CREATE INDEX res_dt2 ON res (dt2) INCLUDE (dt2_hi) WHERE dt2 IS NOT NULL;
CREATE INDEX res_dt3 ON res (dt3) INCLUDE (dt3_hi) WHERE dt3 IS NOT NULL;
CREATE INDEX res_num ON res (code1, num_c) WHERE num_c IS NOT NULL;
CREATE INDEX res_long ON res USING gist (code1, tstzrange(dt, dt_hi)) WHERE fl & 4 <> 0;
CREATE INDEX res_long2 ON res USING gist (tstzrange(dt2, dt2_hi)) WHERE fl & 16 <> 0;
CREATE INDEX res_long3 ON res USING gist (tstzrange(dt3, dt3_hi)) WHERE fl & 64 <> 0;
CREATE INDEX res_s1 ON res (s1, id) WHERE s1 IS NOT NULL;
CREATE INDEX res_str ON res USING gin (str gin_trgm_ops) WHERE str IS NOT NULL;

-- The type stands last: in a partition of one type it says nothing, and without it in front the whole system's history
-- is one ordered walk over all partitions. Only the partition of the remaining types needs it in front as well.
CREATE INDEX ver_updated ON ver (last_updated, id, ver, type);
CREATE INDEX ver_rest_updated ON ver_rest (type, last_updated, id, ver);
CREATE INDEX ver_tx ON ver (tx);
CREATE INDEX ver_sk ON ver (sk, last_updated, id);

-- Side rows. k = slot (where the value sits), el = which element (ties the parts of one component together),
-- c = hash of the code of the component or resource. Not partitioned: k implies the type and leads every index.
CREATE TABLE x_id (
  type smallint NOT NULL, k int NOT NULL, el smallint NOT NULL, sk int8 NOT NULL, rid int8 NOT NULL,
  vh int8 NOT NULL,                      -- hash of the value
  th int8,                               -- hash of identifier.type system|code
  s text, v text NOT NULL
);
CREATE INDEX x_id_value ON x_id (vh, k, rid);
CREATE INDEX x_id_rid ON x_id (rid, k);

CREATE TABLE x_date (
  type smallint NOT NULL, k int NOT NULL, el smallint NOT NULL, sk int8 NOT NULL, rid int8 NOT NULL,
  c int8, lo timestamptz NOT NULL, hi timestamptz NOT NULL,
  s smallint NOT NULL                    -- bit 1: lowest of its (rid,k), bit 2: highest
);
CREATE INDEX x_date_range ON x_date (k, lo, hi, rid);
CREATE INDEX x_date_rid ON x_date (rid, k);
CREATE INDEX x_date_code ON x_date (k, c, lo, rid) WHERE c IS NOT NULL;

CREATE TABLE x_num (
  type smallint NOT NULL, k int NOT NULL, el smallint NOT NULL, sk int8 NOT NULL, rid int8 NOT NULL,
  c int8, cs int8,                       -- hash of code alone, of system|code, of the component or resource
  lo numeric NOT NULL, hi numeric NOT NULL,
  us int8, uc int8, uu int8,             -- unit: system|code, code, text
  cu int8 NOT NULL, clo numeric NOT NULL, chi numeric NOT NULL,   -- canonical unit and values
  s smallint NOT NULL
);
CREATE INDEX x_num_canonical ON x_num (k, c, cu, clo, rid) INCLUDE (chi);
CREATE INDEX x_num_written ON x_num (k, lo, rid) INCLUDE (hi);
CREATE INDEX x_num_rid ON x_num (rid, k);

CREATE TABLE x_str (
  type smallint NOT NULL, k int NOT NULL, el smallint NOT NULL, sk int8 NOT NULL, rid int8 NOT NULL,
  c int8, cs int8, v text COLLATE "C" NOT NULL, raw text
);
CREATE INDEX x_str_value ON x_str (k, left(v, 200), rid);
CREATE INDEX x_str_rid ON x_str (rid, k);

CREATE TABLE x_tok (
  type smallint NOT NULL, k int NOT NULL, el smallint NOT NULL, sk int8 NOT NULL, rid int8 NOT NULL,
  c int8 NOT NULL, t timestamptz         -- a second coding beside the hot date; tokens of custom parameters
);
CREATE INDEX x_tok_code ON x_tok (k, c, t, rid);
CREATE INDEX x_tok_rid ON x_tok (rid, k);

CREATE TABLE x_geo (
  type smallint NOT NULL, k int NOT NULL, el smallint NOT NULL, sk int8 NOT NULL, rid int8 NOT NULL,
  lat float8 NOT NULL, lon float8 NOT NULL
);
CREATE INDEX x_geo_point ON x_geo USING gist (point(lon, lat));
CREATE INDEX x_geo_rid ON x_geo (rid, k);

-- Small dictionaries, written before the resource that needs them and outside its transaction; an unused row is harmless.
CREATE TABLE sig (type smallint NOT NULL, sig int8 NOT NULL, slots int[] NOT NULL, PRIMARY KEY (type, sig));
CREATE TABLE acl (
  type smallint NOT NULL, ac int NOT NULL, lv smallint NOT NULL, sens int NOT NULL, toks int8[] NOT NULL,
  PRIMARY KEY (type, ac)
);
CREATE TABLE dict (
  type smallint NOT NULL, k int NOT NULL, tok int8 NOT NULL,
  v text COLLATE "C" NOT NULL,           -- system|code as written
  norm text,                             -- display, normalised
  PRIMARY KEY (type, k, tok)
);
CREATE INDEX dict_value ON dict (type, k, left(v, 300));
CREATE INDEX dict_norm ON dict USING gin (norm gin_trgm_ops) WHERE norm IS NOT NULL;

-- The event log: every committed version once, in an order that never changes; written by one elected sequencer.
CREATE TABLE log (seq int8 PRIMARY KEY, epoch int NOT NULL, type smallint NOT NULL, id text COLLATE "C" NOT NULL, ver int NOT NULL);
-- Versions logged ahead of the horizon because a later version of the same resource went before them.
CREATE TABLE log_early (tx int8 NOT NULL, type smallint NOT NULL, id text COLLATE "C" NOT NULL, ver int NOT NULL, PRIMARY KEY (type, id, ver));
CREATE TABLE log_state (one bool PRIMARY KEY DEFAULT true CHECK (one), seq int8 NOT NULL, horizon int8 NOT NULL);
INSERT INTO log_state VALUES (true, 0, 0);

-- Files that were loaded to the end, so that a second load of the same file does nothing.
CREATE TABLE ledger (hash bytea PRIMARY KEY, path text NOT NULL, resources int NOT NULL, loaded timestamptz NOT NULL DEFAULT now());

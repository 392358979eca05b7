-- Concepts of code systems that are too large to be held in memory: official releases, and large CodeSystems, of which
-- these rows are derived. One row of concept_system is one version of one system; its rows never change once it is ready.
CREATE TABLE concept_system (
  n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  url text COLLATE "C" NOT NULL,
  version text COLLATE "C",
  identity text COLLATE "C" NOT NULL UNIQUE, -- what it was made of: CodeSystem/7/_history/2, or a release
  state text NOT NULL CHECK (state IN ('loading', 'ready', 'old')),
  partition text,                            -- table of its own; null: concept_common
  about jsonb NOT NULL,                      -- the CodeSystem without its concepts
  concepts int NOT NULL DEFAULT 0,
  made timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX concept_system_url ON concept_system (url) WHERE state = 'ready';

-- Who makes a system ready or old, or drops it, tells all processes.
CREATE FUNCTION tell_concepts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('vesta_definitions', (SELECT n::text FROM type WHERE name = 'CodeSystem'));
  RETURN NULL;
END $$;
CREATE TRIGGER concept_system_told AFTER INSERT OR UPDATE OF state OR DELETE ON concept_system FOR EACH STATEMENT
  EXECUTE FUNCTION tell_concepts();

CREATE TABLE concept (
  system int NOT NULL,
  n int NOT NULL,                            -- in the order of the definition
  rank int NOT NULL,                         -- a million times the length of the display, and a number among those: what a
                                             -- search by words tells first, and where it need not look
  key text COLLATE "C" NOT NULL,             -- the code, in small letters where case says nothing
  code text COLLATE "C" NOT NULL,
  display text,
  definition text,
  inactive bool NOT NULL,
  abstract bool NOT NULL,
  parents int[] NOT NULL,                    -- n of those directly above
  above int[] NOT NULL,                      -- n of itself and of all that subsume it
  below int NOT NULL,                        -- how many it subsumes, itself not counted
  property jsonb,                            -- as CodeSystem.concept.property
  designation jsonb,
  words tsvector NOT NULL                    -- of display and designations, in small letters without accents
) PARTITION BY LIST (system);
CREATE TABLE concept_common PARTITION OF concept DEFAULT;
CREATE UNIQUE INDEX concept_common_key ON concept_common (system, key);
CREATE UNIQUE INDEX concept_common_n ON concept_common (system, n);
CREATE UNIQUE INDEX concept_common_rank ON concept_common (system, rank);
CREATE INDEX concept_common_words ON concept_common USING gin (words, above) WITH (fastupdate = off);

-- Properties by their values, for filters; of a coded one the value is the code.
CREATE TABLE concept_property (
  system int NOT NULL,
  property text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  n int NOT NULL
) PARTITION BY LIST (system);
CREATE TABLE concept_property_common PARTITION OF concept_property DEFAULT;
CREATE INDEX concept_property_common_value ON concept_property_common (system, property, left(value, 200), n);
CREATE INDEX concept_property_common_n ON concept_property_common (system, n);

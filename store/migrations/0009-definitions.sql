-- Definitions with a canonical address: who changed one, tells all processes. A payload is the number of the type, or
-- nothing where any may have changed; the same one twice in a transaction is told once.
CREATE FUNCTION tell_definitions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('vesta_definitions', NEW.type::text);
  RETURN NULL;
END $$;

-- The condition of a trigger has to be constant: the types get their numbers here. A trigger for each statement would do
-- less, but Postgres runs those of a partition only for statements that name it.
INSERT INTO type (n, name)
SELECT greatest(99, (SELECT max(n) FROM type)) + row_number() OVER (ORDER BY t), t
FROM unnest('{CodeSystem,ConceptMap,NamingSystem,OperationDefinition,SearchParameter,StructureDefinition,ValueSet}'::text[]) t
WHERE t NOT IN (SELECT name FROM type);
DO $$
BEGIN
  EXECUTE format('CREATE TRIGGER res_definition AFTER INSERT OR UPDATE ON res_rest FOR EACH ROW WHEN (NEW.type IN (%s))
    EXECUTE FUNCTION tell_definitions()', (SELECT string_agg(n::text, ', ' ORDER BY n) FROM type WHERE name IN
    ('CodeSystem', 'ConceptMap', 'NamingSystem', 'OperationDefinition', 'SearchParameter', 'StructureDefinition', 'ValueSet')));
END $$;

-- FHIR packages that were installed. What they brought are ordinary resources; here stands which ones.
CREATE TABLE guide (
  n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL, version text NOT NULL,
  hash bytea NOT NULL,                   -- SHA-256 of what was taken from the package
  canonical text, title text,
  depends jsonb NOT NULL,                -- name → version, as the package says it
  installed timestamptz NOT NULL DEFAULT now(),
  UNIQUE (name, version)
);
CREATE TABLE guide_member (
  guide int NOT NULL REFERENCES guide ON DELETE CASCADE,
  type smallint NOT NULL, id text COLLATE "C" NOT NULL,
  own_id text NOT NULL,                  -- as the package has it
  url text, version text,
  hash bytea NOT NULL,                   -- SHA-256 of its text in the package
  ver int NOT NULL,                      -- the version that was stored: a later one was made by others
  PRIMARY KEY (guide, type, id)
);
CREATE INDEX guide_member_resource ON guide_member (type, id);
-- The guides whose definitions one may mean: itself and all that it depends on. Made anew with each change of `guide`.
CREATE TABLE guide_reach (
  guide int NOT NULL REFERENCES guide ON DELETE CASCADE, reaches int NOT NULL REFERENCES guide ON DELETE CASCADE,
  PRIMARY KEY (guide, reaches)
);
-- Which of several versions a canonical without one means.
CREATE TABLE guide_pin (
  type smallint NOT NULL, url text NOT NULL, id text COLLATE "C" NOT NULL,
  PRIMARY KEY (type, url)
);
CREATE UNIQUE INDEX guide_pin_resource ON guide_pin (type, id);

-- Elements of stored ConceptMaps, derived of them when they are first asked for. One row of concept_map is one version of
-- one ConceptMap; its rows never change.
CREATE TABLE concept_map (
  n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  identity text COLLATE "C" NOT NULL UNIQUE, -- what it was made of: ConceptMap/7/_history/2
  made timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE concept_map_target (
  map int NOT NULL REFERENCES concept_map ON DELETE CASCADE,
  grp int NOT NULL,                          -- which group of the map, from 0
  n int NOT NULL,                            -- in the order of the map
  source text COLLATE "C" NOT NULL,          -- codes as they are compared: in small letters where case says nothing
  target text COLLATE "C",                   -- null: the element has no target, or one without code
  element jsonb NOT NULL                     -- the element with this target alone, as `target`
);
-- A code may be longer than an entry of an index.
CREATE INDEX concept_map_target_source ON concept_map_target (map, left(source, 200), grp);
CREATE INDEX concept_map_target_target ON concept_map_target (map, left(target, 200), grp) WHERE target IS NOT NULL;

-- Closure tables of clients: the concepts that each has named, and how they stand to each other.
-- https://hl7.org/fhir/R4/terminology-service.html#closure
CREATE TABLE closure (
  n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  version int NOT NULL DEFAULT 0,
  used timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE closure_concept (
  closure int NOT NULL REFERENCES closure ON DELETE CASCADE,
  system text COLLATE "C" NOT NULL, version text COLLATE "C" NOT NULL, code text COLLATE "C" NOT NULL,
  n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);
CREATE INDEX closure_concept_closure ON closure_concept (closure);
CREATE TABLE closure_entry (
  closure int NOT NULL REFERENCES closure ON DELETE CASCADE,
  since int NOT NULL,                        -- the version with which it was told first
  system text COLLATE "C" NOT NULL, code text COLLATE "C" NOT NULL, target text COLLATE "C" NOT NULL,
  equivalence text NOT NULL,
  n int GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);
CREATE INDEX closure_entry_since ON closure_entry (closure, since);

-- Codes of value sets and of parts of code systems, for :in, :not-in, :above and :below: each distinct set once, found by
-- the hash of its codes, made when a search first asks for it and never changed. Which set a value set means now is
-- decided by the definitions that are stored now, in the trip of the search itself.
CREATE TABLE code_set (
  n int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash bytea NOT NULL UNIQUE,            -- SHA-256 of the sorted codes
  used timestamptz NOT NULL              -- renewed at least daily by whoever uses it; what nobody uses is removed
);
CREATE TABLE code_set_code (
  set int8 NOT NULL REFERENCES code_set ON DELETE CASCADE,
  system text COLLATE "C" NOT NULL,
  code text COLLATE "C" NOT NULL,        -- in small letters where case says nothing in the system
  v text COLLATE "C" NOT NULL,           -- system|code, as in dict.v
  caseless bool NOT NULL
);
-- The distinct codes of a slot and the codes of a set meet from whichever side is the smaller one.
CREATE INDEX code_set_code_value ON code_set_code (set, left(v, 300));

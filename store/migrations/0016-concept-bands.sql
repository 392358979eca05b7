-- `words` of a concept has all beginnings of its words (store/terminology/beginnings.ts), and its bands
-- (store/terminology/bands.ts): #system.band by rank and @system.band in the order of the definition. Rows lie in the order of
-- their ranks. What was loaded without them is brought there.
DO $$
DECLARE
  own record;
  old record;
  starts CONSTANT int8[] := (WITH RECURSIVE s (n, size, start) AS (SELECT 1, 1024, 1024 UNION ALL
    SELECT n + 1, least(size * 2, 65536), start + least(size * 2, 65536) FROM s WHERE n < 63) SELECT array_agg(start ORDER BY n) FROM s);
BEGIN
  FOR own IN SELECT DISTINCT coalesce(partition, 'concept_common') AS name FROM concept_system UNION SELECT 'concept_common' LOOP
    FOR old IN SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_am a ON a.oid = c.relam WHERE i.indrelid = own.name::regclass AND a.amname = 'gin' LOOP
      EXECUTE format('DROP INDEX %s', old.name);
    END LOOP;
    EXECUTE format('ALTER TABLE %I SET (toast_tuple_target = 256)', own.name);
    EXECUTE format('CREATE TEMP TABLE moved AS SELECT * FROM %I', own.name);
    EXECUTE format('TRUNCATE %I', own.name);
    EXECUTE format('INSERT INTO %I SELECT system, n, rank, key, code, display, definition, inactive, abstract, parents, above,
        below, property, designation, array_to_tsvector(tsvector_to_array(words)
          || array(SELECT left(w.word, i) FROM unnest(tsvector_to_array(words)) w (word),
               generate_series(1, least(length(w.word), 16)) i)
          || array[format(''#%%s.%%s'', system, width_bucket(row_number() OVER (PARTITION BY system ORDER BY rank) - 1, $1)),
               format(''@%%s.%%s'', system, width_bucket(n - 1, $1))])
      FROM moved ORDER BY system, rank', own.name) USING starts;
    DROP TABLE moved;
    -- What is rarer goes first: from one concept of a branch the index leaps to the next in what has the words.
    EXECUTE format('CREATE INDEX ON %I USING gin (above, words) WITH (fastupdate = off)', own.name);
    EXECUTE format('ANALYZE %I', own.name);
  END LOOP;
END $$;

-- `words` of a concept has all beginnings of its words, and its bands (store/terminology/bands.ts): #system.band by rank and
-- @system.band in the order of the definition. What was made without them is made anew when it is asked about.
DO $$
DECLARE own record;
BEGIN
  FOR own IN SELECT n FROM concept_system WHERE partition IS NOT NULL LOOP
    EXECUTE format('DROP TABLE IF EXISTS concept_%s, concept_property_%s', own.n, own.n);
  END LOOP;
END $$;
TRUNCATE concept_common, concept_property_common;
DELETE FROM concept_system;
-- Rows longer than this are compressed: the words are, and searches do not read them.
ALTER TABLE concept_common SET (toast_tuple_target = 256);

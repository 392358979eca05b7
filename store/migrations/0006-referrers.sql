-- Which types refer to which, so that a deletion looks for referrers only where there can be any. A pair is written
-- before the first resource that needs it and outside its transaction; an unused one is harmless.
CREATE TABLE refers (target smallint, source smallint, PRIMARY KEY (target, source));

-- Every probe reads the list of pending entries of its index: 64 kB of it cost a deletion 20 µs less in each partition
-- than 128 kB did, and creates took no longer.
DO $$
DECLARE i regclass;
BEGIN
  FOR i IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'res_h'::regclass LOOP
    EXECUTE format('ALTER INDEX %s SET (gin_pending_list_limit = 64)', i);
  END LOOP;
END $$;

-- What was stored before tells only hashes of its targets: its types may refer to any, for which 0 stands.
INSERT INTO refers SELECT 0, n FROM type t WHERE EXISTS (SELECT FROM res r WHERE r.type = t.n);

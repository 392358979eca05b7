-- Which types refer to which, so that a deletion looks for referrers only where there can be any. A pair is written
-- before the first resource that needs it and outside its transaction; an unused one is harmless.
CREATE TABLE refers (target smallint, source smallint, PRIMARY KEY (target, source));

-- What was stored before tells only hashes of its targets: its types may refer to any, for which 0 stands.
INSERT INTO refers SELECT 0, n FROM type t WHERE EXISTS (SELECT FROM res r WHERE r.type = t.n);

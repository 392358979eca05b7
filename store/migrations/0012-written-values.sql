-- Behind a code stood its values in the canonical unit only: for values as they were written, in whatever unit, all results
-- of the code were read (200 ms for 200,000). The number takes no more room, padding stood there before.
CREATE INDEX res_num_written ON res (code1, num_c, num) WHERE num_c IS NOT NULL;
DROP INDEX res_num;
ALTER INDEX res_num_written RENAME TO res_num;

-- Codes that are asked for without a system are those of some systems, which the distinct codes tell: then they too are
-- found beside their dates. What follows the last bar of system|code is the code's own end.
CREATE INDEX dict_code ON dict (type, k, left(split_part(v, '|', -1), 100));

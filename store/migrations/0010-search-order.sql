-- A patient's resources in the order of their dates, whatever their code, of which some have tens of thousands (20 ms where
-- all were fetched to be sorted, 1 ms now). The code stands behind the date: past a patient's 20,000 results of other codes
-- the index is read in 0.4 ms. It takes the place of (subj, code1, dt), so that a write costs what it did.
CREATE INDEX res_subj_date ON res (subj, dt, code1) WHERE subj IS NOT NULL;
DROP INDEX res_subj;
ALTER INDEX res_subj_date RENAME TO res_subj;

-- Of what stood beside a code and its date, no search read the number, the shard and the class of access (a quarter of
-- the largest index); with the bits, months of a code can be counted without their rows.
CREATE INDEX res_code_date ON res (code1, dt) INCLUDE (dt_hi, fl) WHERE code1 IS NOT NULL;
DROP INDEX res_code;
ALTER INDEX res_code_date RENAME TO res_code;

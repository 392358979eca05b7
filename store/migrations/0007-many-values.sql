-- A resource may refer to more others than a smallint counts (the Provenance of a transaction has one target for each of
-- its entries), and have more elements than it numbers. An int takes no more room: padding stood there before.
ALTER TYPE in_res ALTER ATTRIBUTE nr TYPE int;
ALTER TABLE res ALTER COLUMN nr TYPE int;
ALTER TYPE in_id ALTER ATTRIBUTE el TYPE int;
ALTER TYPE in_date ALTER ATTRIBUTE el TYPE int;
ALTER TYPE in_num ALTER ATTRIBUTE el TYPE int;
ALTER TYPE in_str ALTER ATTRIBUTE el TYPE int;
ALTER TYPE in_tok ALTER ATTRIBUTE el TYPE int;
ALTER TYPE in_geo ALTER ATTRIBUTE el TYPE int;
ALTER TABLE x_id ALTER COLUMN el TYPE int;
ALTER TABLE x_date ALTER COLUMN el TYPE int;
ALTER TABLE x_num ALTER COLUMN el TYPE int;
ALTER TABLE x_str ALTER COLUMN el TYPE int;
ALTER TABLE x_tok ALTER COLUMN el TYPE int;
ALTER TABLE x_geo ALTER COLUMN el TYPE int;

-- Words of the narrative and of all strings, for _text and _content.

CREATE EXTENSION IF NOT EXISTS btree_gin;

-- How far each follower of the event log has come: what is numbered up to here is done.
CREATE TABLE follower (name text PRIMARY KEY, seq int8 NOT NULL);
INSERT INTO follower VALUES ('text', 0);

-- One row for each current resource, written behind the writers: in the creating statement it would cost a third of a write.
CREATE TABLE x_text (
  type smallint NOT NULL, sk int8 NOT NULL, rid int8 NOT NULL,
  ver int NOT NULL,                      -- the version whose words these are
  t tsvector NOT NULL,                   -- weight A: the narrative; D: everything else
  PRIMARY KEY (type, rid)
);
-- The type stands in the index, so that a word that is rare in one type and common in another is found as a rare one.
CREATE INDEX x_text_words ON x_text USING gin (type, t) WITH (fastupdate = on, gin_pending_list_limit = 512);

-- An entry names the format that its hash covers. Format 2 adds what a follower needs.
ALTER TABLE journal ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE journal ADD COLUMN request TEXT;
ALTER TABLE journal ADD COLUMN goal TEXT;
ALTER TABLE journal ADD COLUMN prior TEXT;
ALTER TABLE journal ADD COLUMN zone TEXT;
ALTER TABLE journal ADD COLUMN ticket TEXT;
ALTER TABLE journal ADD COLUMN reason TEXT;
-- The targets whose last entry is not final; derived from the journal, in the same transaction.
CREATE TABLE unfinished (
  operation TEXT NOT NULL,
  key TEXT NOT NULL,
  PRIMARY KEY (operation, key)
) STRICT, WITHOUT ROWID;
INSERT INTO unfinished SELECT operation, key FROM journal
WHERE seq IN (SELECT max(seq) FROM journal GROUP BY operation, key)
  AND event IN ('sent', 'accepted', 'unknown');

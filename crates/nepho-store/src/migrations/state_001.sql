-- Durable state. The texts of these statements must fit one page (see salvage.rs).
CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  provider TEXT NOT NULL,
  source TEXT NOT NULL,
  profile TEXT,
  endpoint TEXT,
  regions TEXT NOT NULL,
  access TEXT NOT NULL,
  prod INTEGER NOT NULL,
  realm TEXT,
  principal TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY CHECK (seq > 0),
  at INTEGER NOT NULL,
  run TEXT NOT NULL,
  operation TEXT NOT NULL,
  account TEXT NOT NULL,
  account_name TEXT NOT NULL,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  action TEXT NOT NULL,
  event TEXT NOT NULL,
  failure_code TEXT,
  detail TEXT,
  state TEXT,
  hash BLOB NOT NULL
) STRICT;

CREATE INDEX journal_by_target ON journal (operation, key);
CREATE INDEX journal_by_key ON journal (key);

CREATE TABLE journal_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;

CREATE TRIGGER journal_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_insert BEFORE INSERT ON journal
WHEN NEW.seq <= (SELECT max(seq) FROM journal)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

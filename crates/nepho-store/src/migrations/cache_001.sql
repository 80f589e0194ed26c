-- The disposable cache. Keys are put together from a scope's columns and a row's.
CREATE TABLE scopes (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  location TEXT NOT NULL,
  kind TEXT NOT NULL,
  provider TEXT,
  realm TEXT,
  generation INTEGER NOT NULL DEFAULT 0,
  row_count INTEGER NOT NULL DEFAULT 0,
  as_of INTEGER,
  attempted_at INTEGER,
  failure_code TEXT,
  failure_message TEXT,
  UNIQUE (account, location, kind)
) STRICT;

CREATE TABLE resources (
  id INTEGER PRIMARY KEY,
  scope_id INTEGER NOT NULL REFERENCES scopes (id) ON DELETE CASCADE,
  native_id TEXT NOT NULL,
  region TEXT,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  zone TEXT,
  state TEXT NOT NULL,
  raw_state TEXT NOT NULL,
  size TEXT NOT NULL,
  private_ips TEXT,
  public_ips TEXT,
  dns_names TEXT,
  tags TEXT,
  created_at INTEGER,
  started_at INTEGER,
  facts TEXT,
  row_hash INTEGER NOT NULL,
  missing_since INTEGER,
  observed_at INTEGER,
  UNIQUE (scope_id, native_id)
) STRICT;

-- As the inventory stands: unnamed last.
CREATE INDEX resources_by_name ON resources (folded_name = '', folded_name);

CREATE TABLE documents (
  resource_id INTEGER PRIMARY KEY REFERENCES resources (id) ON DELETE CASCADE,
  format TEXT NOT NULL,
  codec TEXT NOT NULL,
  size INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- Whole documents of resources whose listing shows only a part, as they were read on demand.
CREATE TABLE whole_documents (
  resource_id INTEGER PRIMARY KEY REFERENCES resources (id) ON DELETE CASCADE,
  format TEXT NOT NULL,
  codec TEXT NOT NULL,
  size INTEGER NOT NULL,
  read_at INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

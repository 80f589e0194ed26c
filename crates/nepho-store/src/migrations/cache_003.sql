-- Names sort in natural order (web-2 before web-10), so the column holds a sort key. A changed hash
-- makes the next listing of each scope write its rows with their key; until then they stay as they are.
ALTER TABLE resources RENAME COLUMN folded_name TO sort_name;
UPDATE resources SET row_hash = ~row_hash;

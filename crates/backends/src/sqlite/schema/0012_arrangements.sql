-- Folded from the account log; nobody has said it in any log so far.
CREATE TABLE arrangements (
    owner BLOB PRIMARY KEY,
    domain INTEGER NOT NULL,
    arrangement TEXT NOT NULL
) STRICT;
ALTER TABLE members ADD COLUMN hidden_at INTEGER NOT NULL DEFAULT 0;

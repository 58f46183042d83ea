-- People on other servers: what a tenant has to know of them.
CREATE TABLE remotes (
    id BLOB PRIMARY KEY,
    domain INTEGER NOT NULL,
    address TEXT NOT NULL,
    -- Because of whom they are known.
    introducer BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX remotes_by_address ON remotes (domain, address);
CREATE INDEX remotes_by_introducer ON remotes (introducer);
CREATE INDEX work_in_order ON work (queue, id);

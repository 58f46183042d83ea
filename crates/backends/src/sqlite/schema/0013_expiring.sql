-- Messages that disappear, by the time at which they do; folded from the log.
CREATE TABLE expiring (
    expires_at INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (expires_at, offset),
    UNIQUE (conversation, seq)
) STRICT, WITHOUT ROWID;

-- Not in any log: what people told administrators about others. Messages are named and not copied.
CREATE TABLE reports (
    id BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    reporter BLOB NOT NULL,
    reported TEXT NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    messages TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reports_by_reporter ON reports (reporter, id);

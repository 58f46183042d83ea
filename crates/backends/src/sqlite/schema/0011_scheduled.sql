-- Not in any log: messages that people have written for a later time. `taken_until` is there while one is being sent.
CREATE TABLE scheduled (
    id BLOB PRIMARY KEY,
    owner BLOB NOT NULL,
    device BLOB NOT NULL,
    conversation BLOB NOT NULL,
    client_ref TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    message TEXT NOT NULL,
    refused TEXT,
    taken_until INTEGER,
    UNIQUE (owner, device, conversation, client_ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX scheduled_by_time ON scheduled (due_at, id) WHERE refused IS NULL;

-- Everything here can be made again from the log.

CREATE TABLE standing (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- The life of the store whose log was read, and how far.
    life INTEGER NOT NULL,
    cursor INTEGER NOT NULL
) STRICT;

-- What a hit is judged by before it is shown.
CREATE TABLE messages (
    offset INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    has_reaction INTEGER NOT NULL DEFAULT 0,
    is_pinned INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX messages_with_reaction ON messages (offset) WHERE has_reaction = 1;
CREATE INDEX messages_pinned ON messages (offset) WHERE is_pinned = 1;

-- Between which moments the messages of a run of offsets were sent.
CREATE TABLE spans (
    run INTEGER PRIMARY KEY,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;

-- The terms under which a message is filed; kept so that they can be taken out again.
CREATE TABLE filed (
    offset INTEGER PRIMARY KEY,
    terms TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE postings USING fts5 (
    terms, content = 'filed', content_rowid = 'offset', columnsize = 0, detail = none,
    prefix = '1 2', tokenize = "ascii tokenchars '_'"
);
-- Rarer merges of more parts: messages are filed all the time, and looked for now and then.
INSERT INTO postings (postings, rank) VALUES ('automerge', 8);
-- What is taken out of the index leaves no trace in it.
INSERT INTO postings (postings, rank) VALUES ('secure-delete', 1);

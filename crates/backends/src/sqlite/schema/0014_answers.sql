-- Votes in polls, one row for each; folded from the log. Only the newest of each person has options.
CREATE TABLE votes (
    conversation INTEGER NOT NULL,
    target INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    principal BLOB NOT NULL,
    -- The numbers of the options as JSON; empty when it was replaced, taken back, or came too late.
    options TEXT,
    PRIMARY KEY (conversation, target, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX votes_newest ON votes (conversation, target, principal) WHERE options IS NOT NULL;

-- Who confirmed which message; folded from the log.
CREATE TABLE acknowledgements (
    conversation INTEGER NOT NULL,
    target INTEGER NOT NULL,
    principal BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (conversation, target, principal)
) STRICT, WITHOUT ROWID;

-- How many people have voted in a message and how many have confirmed it.
ALTER TABLE folds ADD COLUMN votes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folds ADD COLUMN is_closed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folds ADD COLUMN acknowledged INTEGER NOT NULL DEFAULT 0;

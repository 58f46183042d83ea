-- The oldest program that can read and write this database, named by the newest version it knows.
ALTER TABLE store ADD COLUMN compatible_from INTEGER NOT NULL DEFAULT 3;
-- The program that wrote last, named in the same way. One that is older than the database folds only
-- what it knows.
ALTER TABLE store ADD COLUMN written_by INTEGER NOT NULL DEFAULT 3;

-- What stands before the `@` of a conversation's address. Not folded from any log. A row stays whatever
-- becomes of the conversation, so that no name is given twice.
CREATE TABLE conversation_names (
    domain INTEGER NOT NULL,
    name TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    PRIMARY KEY (domain, name)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX conversation_names_by_conversation ON conversation_names (conversation);

-- What else is kept about people: groups as JSON, and who of the two sees the other's presence (0 nobody
-- asked, 1 asked, 2 granted). Who is not listed is kept for a block or a request alone.
ALTER TABLE contacts ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 1;
ALTER TABLE contacts ADD COLUMN group_names TEXT NOT NULL DEFAULT '[]';
ALTER TABLE contacts ADD COLUMN outgoing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN incoming INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN is_approved INTEGER NOT NULL DEFAULT 0;
-- The place in the owner's account log.
ALTER TABLE contacts ADD COLUMN changed_seq INTEGER NOT NULL DEFAULT 0;

-- The places in account logs where somebody was last removed. Folded from the log.
CREATE TABLE contact_removals (
    owner BLOB PRIMARY KEY NOT NULL,
    domain INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Conversations that are found in directories.
CREATE INDEX conversations_listed ON conversations (domain) WHERE settings ->> 'listed';

-- Everything begins with the log: `events` is only ever added to, in the order of `offset`.
-- What stands below "Folded from the log" can be made again from `events` and `conversations`.
--
-- The domain stands in every table whose rows are found by themselves. Rows that are found by the
-- key of a conversation have the domain of that conversation, and do not repeat it.

CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- How often the store was restored, from 1.
    life INTEGER NOT NULL
) STRICT;
INSERT INTO store (one, life) VALUES (1, 1);

CREATE TABLE domains (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE conversations (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    domain INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    -- Folded from the log, and written once per transaction.
    head INTEGER NOT NULL DEFAULT 0,
    head_offset INTEGER NOT NULL DEFAULT 0,
    last_at INTEGER NOT NULL DEFAULT 0,
    ordinal INTEGER NOT NULL DEFAULT 0,
    rules_version INTEGER NOT NULL DEFAULT 0,
    members_count INTEGER NOT NULL DEFAULT 0,
    settings TEXT NOT NULL DEFAULT '{"name":"","topic":"","history":"all","slow_mode_s":0,"archived":false,"permissions":{}}'
) STRICT;

CREATE TABLE events (
    offset INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id BLOB NOT NULL,
    sender BLOB NOT NULL,
    device BLOB,
    client_ref TEXT,
    at INTEGER NOT NULL,
    -- What it was when it was appended, also after its content was deleted.
    kind INTEGER NOT NULL,
    -- How many messages the conversation had with this event, deleted ones included.
    ordinal INTEGER NOT NULL,
    -- How many events were appended together, on the first of them.
    run INTEGER NOT NULL,
    -- The first message of the thread a message belongs to; stays when the content is deleted.
    root INTEGER,
    -- Of everything that readers are shown of the row, so that damage is never shown.
    checksum INTEGER NOT NULL,
    -- NULL once it was deleted.
    content TEXT,
    extras TEXT
) STRICT;
CREATE UNIQUE INDEX events_by_place ON events (conversation, seq);
CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE UNIQUE INDEX events_by_ref ON events (conversation, device, client_ref) WHERE client_ref IS NOT NULL;
CREATE INDEX messages_by_sender ON events (conversation, sender, seq) WHERE kind = 1;

-- Folded from the log ---------------------------------------------------------------------------

CREATE TABLE members (
    conversation INTEGER NOT NULL,
    principal BLOB NOT NULL,
    domain INTEGER NOT NULL,
    role INTEGER NOT NULL,
    joined_seq INTEGER NOT NULL,
    visible_from INTEGER NOT NULL,
    -- NULL for those who are in.
    left_offset INTEGER,
    -- From the account log of the member, since they joined.
    read INTEGER NOT NULL,
    is_muted INTEGER NOT NULL DEFAULT 0,
    is_favourite INTEGER NOT NULL DEFAULT 0,
    is_hidden INTEGER NOT NULL DEFAULT 0,
    changed_offset INTEGER NOT NULL DEFAULT 0,
    draft TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conversation, principal)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_principal ON members (principal, conversation) WHERE left_offset IS NULL;
CREATE INDEX members_who_left ON members (principal, left_offset) WHERE left_offset IS NOT NULL;

CREATE TABLE bans (
    conversation INTEGER NOT NULL,
    principal BLOB NOT NULL,
    PRIMARY KEY (conversation, principal)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
    conversation INTEGER NOT NULL,
    principal BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (conversation, principal)
) STRICT, WITHOUT ROWID;

-- Messages of which something has become.
CREATE TABLE folds (
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    -- The newest body, for edited messages.
    edited TEXT,
    edited_at INTEGER,
    replies INTEGER NOT NULL DEFAULT 0,
    reactions INTEGER NOT NULL DEFAULT 0,
    pinned_offset INTEGER,
    -- The newest event that is folded in.
    changed INTEGER NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX folds_pinned ON folds (conversation, pinned_offset) WHERE pinned_offset IS NOT NULL;

CREATE TABLE reactions (
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    principal BLOB NOT NULL,
    offset INTEGER NOT NULL,
    -- Since when the message has this emoji from anybody without a break.
    emoji_offset INTEGER NOT NULL,
    PRIMARY KEY (conversation, seq, emoji, principal)
) STRICT, WITHOUT ROWID;

CREATE TABLE edits (
    conversation INTEGER NOT NULL,
    target INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (conversation, target, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE threads (
    conversation INTEGER NOT NULL,
    root INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (conversation, root, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX threads_by_message ON threads (conversation, seq);

-- Deleted messages.
CREATE TABLE deleted (
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sender BLOB NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

-- One row for each person who is named.
CREATE TABLE mentions (
    principal BLOB NOT NULL,
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (principal, conversation, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_message ON mentions (conversation, seq);

-- One row for each message that mentions everybody.
CREATE TABLE mentions_of_all (
    conversation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    sender BLOB NOT NULL,
    PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    owner BLOB NOT NULL,
    who BLOB NOT NULL,
    domain INTEGER NOT NULL,
    alias TEXT NOT NULL,
    is_blocked INTEGER NOT NULL,
    PRIMARY KEY (owner, who)
) STRICT, WITHOUT ROWID;

-- Not in any log --------------------------------------------------------------------------------

CREATE TABLE delivered (
    conversation INTEGER NOT NULL,
    principal BLOB NOT NULL,
    device BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (conversation, principal, device)
) STRICT, WITHOUT ROWID;

CREATE TABLE work (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    domain INTEGER NOT NULL,
    queue TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    payload TEXT NOT NULL
) STRICT;
CREATE INDEX work_by_queue ON work (queue, due_at, id);

CREATE TABLE principals (
    id BLOB PRIMARY KEY NOT NULL,
    domain INTEGER NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    is_admin INTEGER NOT NULL,
    is_enabled INTEGER NOT NULL,
    shows_last_seen INTEGER NOT NULL,
    shows_read INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX principals_by_name ON principals (domain, name);
CREATE INDEX principals_who_administer ON principals (domain) WHERE is_admin = 1;

-- The words of names and display names, as `parlance_core::search::words` cuts them.
CREATE TABLE name_words (
    domain INTEGER NOT NULL,
    word TEXT NOT NULL,
    principal BLOB NOT NULL,
    PRIMARY KEY (domain, word, principal)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_words_by_principal ON name_words (principal);

-- What people want to show while they are here: 0 online, 1 do not disturb, 2 invisible.
CREATE TABLE presence_wishes (
    principal BLOB PRIMARY KEY NOT NULL,
    domain INTEGER NOT NULL,
    availability INTEGER NOT NULL,
    status TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE credentials (
    principal BLOB PRIMARY KEY NOT NULL,
    domain INTEGER NOT NULL,
    argon2id TEXT NOT NULL,
    scram TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    id BLOB PRIMARY KEY NOT NULL,
    domain INTEGER NOT NULL,
    owner BLOB NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    -- SHA-256 of the token.
    token BLOB NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_by_owner ON devices (owner, created_at);

CREATE TABLE invitations (
    -- SHA-256 of the code.
    code BLOB PRIMARY KEY NOT NULL,
    shown_code TEXT,
    domain INTEGER NOT NULL,
    inviter BLOB,
    name TEXT,
    is_admin INTEGER NOT NULL,
    expires_at INTEGER,
    uses_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_by_inviter ON invitations (inviter);

CREATE TABLE links (
    code TEXT PRIMARY KEY NOT NULL,
    domain INTEGER NOT NULL,
    conversation INTEGER NOT NULL,
    creator BLOB NOT NULL,
    expires_at INTEGER,
    uses_left INTEGER,
    needs_approval INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_conversation ON links (conversation);

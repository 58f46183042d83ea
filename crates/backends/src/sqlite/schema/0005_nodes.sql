-- Not in any log: what principals (1) and conversations (2) keep for protocols under names of their own.
CREATE TABLE nodes (
    key INTEGER PRIMARY KEY,
    owner_kind INTEGER NOT NULL,
    owner BLOB NOT NULL,
    domain INTEGER NOT NULL,
    name TEXT NOT NULL,
    config TEXT NOT NULL,
    -- The last place that was given to an item.
    last_place INTEGER NOT NULL DEFAULT 0,
    items_count INTEGER NOT NULL DEFAULT 0,
    -- Of the name, the configuration, the items and the subscriptions.
    bytes INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX nodes_by_name ON nodes (owner_kind, owner, name);

CREATE TABLE node_items (
    node INTEGER NOT NULL,
    place INTEGER NOT NULL,
    id TEXT NOT NULL,
    publisher BLOB NOT NULL,
    at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    payload TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX node_items_by_place ON node_items (node, place);
CREATE UNIQUE INDEX node_items_by_id ON node_items (node, id);

CREATE TABLE node_subscriptions (
    node INTEGER NOT NULL,
    subscriber TEXT NOT NULL,
    PRIMARY KEY (node, subscriber)
) STRICT, WITHOUT ROWID;
CREATE INDEX node_subscriptions_by_subscriber ON node_subscriptions (subscriber);

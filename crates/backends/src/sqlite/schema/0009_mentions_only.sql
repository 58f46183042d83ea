-- Folded from the account log; nobody has said it in any log so far.
ALTER TABLE members ADD COLUMN is_mentions_only INTEGER NOT NULL DEFAULT 0;

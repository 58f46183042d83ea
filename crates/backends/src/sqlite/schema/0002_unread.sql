-- As far as `read` was before something was marked as unread, which is what others have been told.
ALTER TABLE members ADD COLUMN furthest_read INTEGER NOT NULL DEFAULT 0;

-- Conversations whose moderators are done with a report.
ALTER TABLE reports ADD COLUMN settled TEXT NOT NULL DEFAULT '[]';

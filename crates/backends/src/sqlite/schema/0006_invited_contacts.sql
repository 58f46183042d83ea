-- Who becomes a contact of whoever uses the invitation; NULL where nobody does.
ALTER TABLE invitations ADD COLUMN contact BLOB;
-- Names that are kept for those who were invited by them.
CREATE INDEX invitations_by_name ON invitations (name) WHERE name IS NOT NULL;

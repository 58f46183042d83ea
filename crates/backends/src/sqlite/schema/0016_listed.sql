-- The directory is read by everybody; most conversations are not in it.
CREATE INDEX conversations_listed ON conversations (domain) WHERE settings ->> 'listed';

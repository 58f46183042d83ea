-- How a protocol names the device, for those that are found again by it. A device without a token has its
-- own id in `token`: that is shorter than a hash, so no token fits.
ALTER TABLE devices ADD COLUMN key TEXT;
-- What is kept of the tokens to reconnect with; NULL where none was ever issued.
ALTER TABLE devices ADD COLUMN reconnects TEXT;
CREATE UNIQUE INDEX devices_by_key ON devices (owner, key) WHERE key IS NOT NULL;

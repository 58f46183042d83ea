-- Not in any log: where devices that are away are notified.
CREATE TABLE pushes (
    owner BLOB NOT NULL,
    service TEXT NOT NULL,
    node TEXT NOT NULL,
    device BLOB NOT NULL,
    -- The domain of the service.
    server TEXT NOT NULL,
    options TEXT NOT NULL,
    -- A notification waits while more were asked for than told of.
    asked INTEGER NOT NULL DEFAULT 0,
    told INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (owner, service, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX pushes_by_device ON pushes (device);
CREATE INDEX pushes_that_wait ON pushes (server, due_at) WHERE asked > told;
-- Whatever program removes the device.
CREATE TRIGGER pushes_end_with_their_device AFTER DELETE ON devices
BEGIN
    DELETE FROM pushes WHERE device = OLD.id;
END;

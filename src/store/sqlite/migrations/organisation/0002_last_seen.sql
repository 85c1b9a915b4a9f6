-- When a device that has been revoked since last asked: "never signed in" must stay true of him alone
-- who never was.
ALTER TABLE users ADD COLUMN last_seen_at BIGINT;

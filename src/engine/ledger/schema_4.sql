-- Popups that the desktop's notification service has on the screen: they outlive the process that asked for them.
-- `service` is that service's name as it was told, `number` what it calls the popup.
CREATE TABLE popup (
    id INTEGER PRIMARY KEY,
    about TEXT NOT NULL CHECK (about IN ('messages', 'connection', 'expiry')),
    service TEXT NOT NULL,
    number INTEGER NOT NULL
) STRICT;
-- The popup that tells of it.
ALTER TABLE alert ADD COLUMN popup INTEGER;
CREATE INDEX alert_popup ON alert (popup) WHERE popup IS NOT NULL;
-- Of messages that are unread, by oneself or by a recipient, and that the server said expire soon: told once for each
-- moment, and `told` before it is shown. `popup` is the popup that tells of it.
CREATE TABLE expiry_warning (
    message_id TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
    popup INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX expiry_warning_due ON expiry_warning (expires_at, message_id) WHERE told = 0;
CREATE INDEX expiry_warning_popup ON expiry_warning (popup) WHERE popup IS NOT NULL;

-- Popups that the desktop's notification service has on the screen: they outlive the process that asked for them.
-- `service` is that service's name as it was told, `number` what it calls the popup.
CREATE TABLE popup (
    id INTEGER PRIMARY KEY,
    about TEXT NOT NULL CHECK (about IN ('messages', 'connection')),
    service TEXT NOT NULL,
    number INTEGER NOT NULL
) STRICT;
-- The popup that tells of it.
ALTER TABLE alert ADD COLUMN popup INTEGER;
CREATE INDEX alert_popup ON alert (popup) WHERE popup IS NOT NULL;

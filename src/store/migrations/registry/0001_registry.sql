-- Which organisations and post offices there are, and which belong together.

CREATE TABLE organisation (
    name              TEXT PRIMARY KEY,
    title             TEXT NOT NULL,
    -- Stands in each device token, so that a token leads to its organisation without a search.
    tag               TEXT NOT NULL UNIQUE,
    -- Grows whenever the settings in force for all its users may have changed.
    settings_revision BIGINT NOT NULL DEFAULT 1,
    created_at        BIGINT NOT NULL
);

CREATE TABLE office (
    name                     TEXT PRIMARY KEY,
    placement                TEXT NOT NULL CHECK (placement IN ('current', 'separate')),
    -- The database file; relative to the data folder where it lies inside it, so that the folder can be moved.
    location                 TEXT NOT NULL,
    check_interval_seconds   BIGINT NOT NULL CHECK (check_interval_seconds > 0),
    interval_min_seconds     BIGINT NOT NULL CHECK (interval_min_seconds > 0),
    interval_max_seconds     BIGINT NOT NULL CHECK (interval_max_seconds >= interval_min_seconds),
    interval_locked          BOOLEAN NOT NULL,
    message_lifetime_seconds BIGINT NOT NULL CHECK (message_lifetime_seconds > 0),
    created_at               BIGINT NOT NULL
);

-- An organisation has at most one post office; a post office may serve several organisations.
CREATE TABLE attachment (
    organisation TEXT PRIMARY KEY REFERENCES organisation (name),
    office       TEXT NOT NULL REFERENCES office (name),
    attached_at  BIGINT NOT NULL
);

CREATE INDEX attachment_by_office ON attachment (office);

-- Who may use the administrators' pages; no user of any organisation.
CREATE TABLE administrator (
    name          TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL
);

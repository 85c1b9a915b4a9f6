-- The users of one organisation and their devices.

CREATE TABLE users (
    login                  TEXT COLLATE "C" PRIMARY KEY,
    name                   TEXT COLLATE "C" NOT NULL,
    password_hash          TEXT COLLATE "C" NOT NULL,
    disabled               BOOLEAN NOT NULL DEFAULT FALSE,
    -- The user's own check interval; absent: he follows the post office. His wish outlives a change of office.
    check_interval_seconds BIGINT CHECK (check_interval_seconds > 0),
    settings_revision      BIGINT NOT NULL DEFAULT 0,
    created_at             BIGINT NOT NULL
);

CREATE TABLE device (
    id             TEXT COLLATE "C" PRIMARY KEY,
    login          TEXT COLLATE "C" NOT NULL REFERENCES users (login) ON DELETE CASCADE,
    name           TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the token: whoever reads this table cannot sign in with it.
    token_sum      BYTEA NOT NULL UNIQUE,
    created_at     BIGINT NOT NULL,
    last_seen_at   BIGINT NOT NULL,
    client_version TEXT COLLATE "C"
);

CREATE INDEX device_by_user ON device (login, created_at);

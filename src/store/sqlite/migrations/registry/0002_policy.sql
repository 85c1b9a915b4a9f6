-- What else an administrator decides for a post office.

-- How long before the expiry both sides are warned; 0: not at all.
ALTER TABLE office ADD COLUMN expiry_warning_seconds BIGINT NOT NULL DEFAULT 86400
    CHECK (expiry_warning_seconds >= 0);
-- How long the ledger of a message whose text is gone is kept.
ALTER TABLE office ADD COLUMN ledger_retention_seconds BIGINT NOT NULL DEFAULT 31536000
    CHECK (ledger_retention_seconds > 0);
-- Agents older than this are refused; absent: none is.
ALTER TABLE office ADD COLUMN oldest_client_version TEXT;

-- Who may use the administrators' pages; no user of any organisation.
CREATE TABLE administrator (
    name          TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    created_at    BIGINT NOT NULL
);

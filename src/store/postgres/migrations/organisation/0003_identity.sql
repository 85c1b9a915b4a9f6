-- One row: the tag of the organisation whose users these are, as the registry has it.
CREATE TABLE identity (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    id       TEXT COLLATE "C" NOT NULL
);

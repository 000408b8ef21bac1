-- +goose Up
-- A base item (基本目录) and which of its versions is in force. Versions never change.
CREATE TABLE item_base (
    code       text   NOT NULL PRIMARY KEY,
    state      text   NOT NULL CHECK (state IN ('in_use', 'paused', 'cancelled')),
    reason     text   NOT NULL,
    version    bigint NOT NULL,
    version_id text   NOT NULL
);

CREATE TABLE item_base_version (
    id           text      NOT NULL PRIMARY KEY,
    base_code    text      NOT NULL REFERENCES item_base (code),
    version      bigint    NOT NULL CHECK (version > 0),
    digest       text      NOT NULL,
    definition   text      NOT NULL,
    published_at timestamp NOT NULL,
    published_by text      NOT NULL,
    UNIQUE (base_code, version)
);

-- An implementation entry (实施清单) of one office. office_path is here for rights; the version has the office as it was then.
CREATE TABLE item_entry (
    code        text   NOT NULL PRIMARY KEY,
    base_code   text   NOT NULL REFERENCES item_base (code),
    office_id   text   NOT NULL,
    office_path text   NOT NULL,
    region      text   NOT NULL,
    state       text   NOT NULL CHECK (state IN ('in_use', 'paused', 'cancelled')),
    reason      text   NOT NULL,
    version     bigint NOT NULL,
    version_id  text   NOT NULL
);
CREATE INDEX item_entry_base ON item_entry (base_code, code);
CREATE INDEX item_entry_region ON item_entry (region, base_code, code);
CREATE INDEX item_entry_office ON item_entry (office_path);

CREATE TABLE item_entry_version (
    id              text      NOT NULL PRIMARY KEY,
    entry_code      text      NOT NULL REFERENCES item_entry (code),
    version         bigint    NOT NULL CHECK (version > 0),
    base_version_id text      NOT NULL REFERENCES item_base_version (id),
    office_id       text      NOT NULL,
    office_path     text      NOT NULL,
    office_name     text      NOT NULL,
    office_code     text      NOT NULL,
    override        text      NOT NULL,
    published_at    timestamp NOT NULL,
    published_by    text      NOT NULL,
    UNIQUE (entry_code, version)
);

-- Counts every change of the base catalogue. Nodes keep the catalogue in memory and read this row to know whether theirs is
-- the present one, so a search sees what was published before it on any node.
CREATE TABLE item_revision (
    id     bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    number bigint NOT NULL
);
INSERT INTO item_revision (id, number) VALUES (1, 0);

-- +goose Up
-- A run that reads tables from outside into the library. Where it stands is written in the transaction of each batch, so one killed half-way goes
-- on where it was.
CREATE TABLE item_import (
    id         text      NOT NULL PRIMARY KEY,
    digest     text      NOT NULL UNIQUE,
    name       text      NOT NULL,
    state      text      NOT NULL CHECK (state IN ('running', 'finished')),
    file       text      NOT NULL,
    file_rows  bigint    NOT NULL,
    place      bigint    NOT NULL,
    bytes      bigint    NOT NULL,
    bytes_done bigint    NOT NULL,
    read_rows  bigint    NOT NULL,
    bases      bigint    NOT NULL,
    entries    bigint    NOT NULL,
    same       bigint    NOT NULL,
    passed     bigint    NOT NULL,
    stated     bigint    NOT NULL,
    mistakes   bigint    NOT NULL,
    kinds      text      NOT NULL,
    started_at timestamp NOT NULL,
    moved_at   timestamp NOT NULL,
    ended_at   timestamp,
    started_by text      NOT NULL
);

-- What was wrong with rows, in the order it was found.
CREATE TABLE item_import_mistake (
    import_id   text   NOT NULL REFERENCES item_import (id),
    number      bigint NOT NULL,
    file        text   NOT NULL,
    row_number  bigint NOT NULL,
    place       bigint NOT NULL,
    column_name text   NOT NULL,
    kind        text   NOT NULL,
    said        text   NOT NULL,
    PRIMARY KEY (import_id, number)
);

-- +goose Up
-- What waits for a keeper: a power was adjusted, a reader says that a guide is wrong, an entry deviates, a draft waits for its review.
CREATE TABLE item_todo (
    id          text      NOT NULL PRIMARY KEY,
    office_path text      NOT NULL,
    kind        text      NOT NULL,
    object      text      NOT NULL,
    cause       text      NOT NULL,
    said        text      NOT NULL,
    opened_at   timestamp NOT NULL,
    opened_by   text      NOT NULL,
    closed_at   timestamp,
    closed_by   text      NOT NULL DEFAULT '',
    answer      text      NOT NULL DEFAULT ''
);
-- The same cause asks once as long as it is open.
CREATE UNIQUE INDEX item_todo_open ON item_todo (kind, object, cause) WHERE closed_at IS NULL;
CREATE INDEX item_todo_waiting ON item_todo (office_path, id) WHERE closed_at IS NULL;

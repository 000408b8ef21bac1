-- +goose Up
-- One immutable version of a form. The text keeps the written order of the properties, which is the order they are shown in.
CREATE TABLE form_definition (
    id          text      NOT NULL PRIMARY KEY,
    form_key    text      NOT NULL,
    version     bigint    NOT NULL CHECK (version > 0),
    digest      text      NOT NULL,
    schema_text text      NOT NULL,
    deployed_at timestamp NOT NULL,
    UNIQUE (form_key, version)
);

-- +goose Up
-- A reader says that a guide is wrong (指南有误). object is the entry (31 characters) or the base item (12 digits) whose guide was read.
-- sender is the subject who is told of the answer, '' for nobody; mark is what makes two reports one, and names nobody who is not signed in.
CREATE TABLE item_feedback (
    id          text      NOT NULL PRIMARY KEY,
    object      text      NOT NULL,
    office_path text      NOT NULL,
    version     bigint    NOT NULL,
    category    text      NOT NULL CHECK (category IN ('phone', 'address', 'materials', 'time_fee', 'other')),
    said        text      NOT NULL,
    sender      text      NOT NULL,
    mark        text      NOT NULL,
    sent_at     timestamp NOT NULL,
    closed_at   timestamp,
    closed_by   text      NOT NULL DEFAULT '',
    answer      text      NOT NULL DEFAULT ''
);
-- The same sender says the same about the same guide once as long as it is open.
CREATE UNIQUE INDEX item_feedback_open ON item_feedback (object, category, mark) WHERE closed_at IS NULL;
CREATE INDEX item_feedback_waiting ON item_feedback (id) WHERE closed_at IS NULL;
CREATE INDEX item_feedback_closed ON item_feedback (id) WHERE closed_at IS NOT NULL;

-- How often an item was used on a civil day in China: guides opened and applications handed in. It says nothing about anybody.
CREATE TABLE item_use_day (
    day       text   NOT NULL,
    base_code text   NOT NULL,
    uses      bigint NOT NULL,
    PRIMARY KEY (day, base_code)
);

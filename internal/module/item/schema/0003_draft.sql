-- +goose Up
-- A definition being written (草稿): who wrote it, on which version in force it is based ('' for a new item), how its review went. effective_on is
-- the day it comes into force, '' for at once.
CREATE TABLE item_draft (
    id           text      NOT NULL PRIMARY KEY,
    base_code    text      NOT NULL,
    based_on     text      NOT NULL,
    definition   text      NOT NULL,
    revision     bigint    NOT NULL CHECK (revision > 0),
    state        text      NOT NULL CHECK (state IN ('draft', 'submitted', 'reviewed', 'published', 'returned', 'withdrawn')),
    effective_on text      NOT NULL DEFAULT '',
    remark       text      NOT NULL DEFAULT '',
    office_path  text      NOT NULL,
    made_at      timestamp NOT NULL,
    made_by      text      NOT NULL,
    saved_at     timestamp NOT NULL,
    saved_by     text      NOT NULL,
    submitted_at timestamp,
    submitted_by text      NOT NULL DEFAULT '',
    reviewed_at  timestamp,
    reviewed_by  text      NOT NULL DEFAULT '',
    version_id   text      NOT NULL DEFAULT ''
);
-- One draft at a time for a base item: who wants to change it too works on the same one.
CREATE UNIQUE INDEX item_draft_open ON item_draft (base_code) WHERE state IN ('draft', 'submitted', 'reviewed', 'returned');
CREATE INDEX item_draft_state ON item_draft (state, id);
CREATE INDEX item_draft_base ON item_draft (base_code, id);

-- Everybody who wrote on a draft, as persons whatever their accounts: none of them may review it.
CREATE TABLE item_draft_author (
    draft_id text NOT NULL REFERENCES item_draft (id),
    author   text NOT NULL,
    PRIMARY KEY (draft_id, author)
);

-- A change of state that comes on a day (计划暂停、计划取消): of a base item or an entry.
CREATE TABLE item_plan (
    id           text      NOT NULL PRIMARY KEY,
    code         text      NOT NULL,
    to_state     text      NOT NULL CHECK (to_state IN ('in_use', 'paused', 'cancelled')),
    reason       text      NOT NULL,
    effective_on text      NOT NULL,
    made_at      timestamp NOT NULL,
    made_by      text      NOT NULL,
    done         text      NOT NULL DEFAULT '' CHECK (done IN ('', 'done', 'void'))
);
CREATE UNIQUE INDEX item_plan_open ON item_plan (code, effective_on) WHERE done = '';
CREATE INDEX item_plan_due ON item_plan (effective_on, id) WHERE done = '';

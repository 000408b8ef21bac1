-- +goose Up
-- What one keeper proposes and another carries out: an alteration of many base items, a recall, the end of an item, an office's own words, tables from
-- outside. act says what is done on approval, preview what was shown when it was proposed. author tells persons apart whatever their accounts.
CREATE TABLE item_proposal (
    id          text      NOT NULL PRIMARY KEY,
    kind        text      NOT NULL CHECK (kind IN ('alteration', 'recall', 'state', 'override', 'contact', 'claim', 'import')),
    state       text      NOT NULL CHECK (state IN ('waiting', 'approved', 'returned', 'withdrawn')),
    object      text      NOT NULL,
    name        text      NOT NULL,
    office_path text      NOT NULL,
    act         text      NOT NULL,
    preview     text      NOT NULL,
    reason      text      NOT NULL,
    author      text      NOT NULL,
    made_at     timestamp NOT NULL,
    made_by     text      NOT NULL,
    ended_at    timestamp,
    ended_by    text      NOT NULL DEFAULT '',
    remark      text      NOT NULL DEFAULT '',
    outcome     bigint    NOT NULL DEFAULT 0
);
-- The same is proposed once as long as it waits.
CREATE UNIQUE INDEX item_proposal_open ON item_proposal (kind, object) WHERE state = 'waiting';
CREATE INDEX item_proposal_state ON item_proposal (state, id);

-- The files of a proposed import, in parts, until they are read or given up.
CREATE TABLE item_proposal_part (
    proposal_id text   NOT NULL REFERENCES item_proposal (id),
    file        bigint NOT NULL,
    part        bigint NOT NULL,
    name        text   NOT NULL,
    content     bytea  NOT NULL,
    PRIMARY KEY (proposal_id, file, part)
);

-- How often an item was used in a county on a civil day in China, through the entries of the offices there. Like item_use_day it says nothing about
-- anybody.
CREATE TABLE item_use_place (
    county    text   NOT NULL,
    day       text   NOT NULL,
    base_code text   NOT NULL,
    uses      bigint NOT NULL,
    PRIMARY KEY (county, day, base_code)
);
CREATE INDEX item_use_place_day ON item_use_place (day);

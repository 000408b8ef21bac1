-- +goose Up
-- How many entries that are not cancelled each base item has, and each office: kept in the transaction of whatever changes it, under the row of
-- item_revision, which every such transaction moves on first.
CREATE TABLE item_tally_base (
    base_code text   NOT NULL PRIMARY KEY,
    entries   bigint NOT NULL
);
INSERT INTO item_tally_base (base_code, entries) SELECT base_code, count(*) FROM item_entry WHERE state <> 'cancelled' GROUP BY base_code;

CREATE TABLE item_tally_office (
    office_id text   NOT NULL,
    region    text   NOT NULL,
    entries   bigint NOT NULL,
    PRIMARY KEY (office_id, region)
);
INSERT INTO item_tally_office (office_id, region, entries) SELECT office_id, region, count(*) FROM item_entry WHERE state <> 'cancelled' GROUP BY office_id, region;

-- The last time all was counted anew: when, and how many entries were not on top of the base version in force, which no counter can know.
CREATE TABLE item_recount (
    id         bigint    NOT NULL PRIMARY KEY CHECK (id = 1),
    counted_at timestamp NOT NULL,
    astray     bigint    NOT NULL
);

-- What a keeper has not confirmed at its source is work that waits, never a fact.
INSERT INTO item_quality_rule (key, position, scope, kind, parameter, severity, message, enabled, law) VALUES
    ('unverified', 10, 'base', 'condition', 'doubts > 0', 'warning', 'item.quality.unverified', TRUE, '国办发〔2018〕45号');

-- +goose Up
-- How far the recount that goes through the library in slices is: what is found so far stands here and in item_night_count, so that a recount that was
-- interrupted goes on where it was. No row, no recount under way.
CREATE TABLE item_night (
    id       bigint    NOT NULL PRIMARY KEY CHECK (id = 1),
    run      text      NOT NULL,
    begun_at timestamp NOT NULL,
    rules    text      NOT NULL,
    part     text      NOT NULL CHECK (part IN ('bases', 'entries')),
    reached  text      NOT NULL,
    entries  bigint    NOT NULL,
    astray   bigint    NOT NULL,
    repaired bigint    NOT NULL
);
CREATE TABLE item_night_count (
    rule      text   NOT NULL,
    base_code text   NOT NULL,
    findings  bigint NOT NULL,
    PRIMARY KEY (rule, base_code)
);

-- What the last recount of each civil day in China found: the history behind the meter.
CREATE TABLE item_census_day (
    day        text      NOT NULL PRIMARY KEY,
    counted_at timestamp NOT NULL,
    bases      bigint    NOT NULL,
    entries    bigint    NOT NULL,
    offices    bigint    NOT NULL,
    stated     bigint    NOT NULL,
    astray     bigint    NOT NULL,
    findings   bigint    NOT NULL,
    repaired   bigint    NOT NULL
);

-- A slice of the recount compares the counters of the offices of some regions.
CREATE INDEX item_tally_office_region ON item_tally_office (region, office_id);

-- +goose Up
-- How many entries the recount under way, and those of each day, had follow their base items again: they stood on another version than the one in
-- force, or on one that is not there.
ALTER TABLE item_night ADD COLUMN followed bigint NOT NULL DEFAULT 0;
ALTER TABLE item_census_day ADD COLUMN followed bigint NOT NULL DEFAULT 0;

-- Entries that fell out of their base items: version_id does not name their level any more, or gives the item to another department. department is the
-- one the item had, was and reason are how they stood; back_with is the version that has them again, '' for none.
CREATE TABLE item_fallen (
    entry_code text      NOT NULL REFERENCES item_entry (code),
    version_id text      NOT NULL REFERENCES item_base_version (id),
    base_code  text      NOT NULL,
    why        text      NOT NULL CHECK (why IN ('level', 'department')),
    department text      NOT NULL,
    was        text      NOT NULL CHECK (was IN ('in_use', 'paused')),
    reason     text      NOT NULL,
    fallen_at  timestamp NOT NULL,
    back_with  text      NOT NULL DEFAULT '',
    PRIMARY KEY (entry_code, version_id)
);
CREATE INDEX item_fallen_base ON item_fallen (base_code, entry_code);
CREATE INDEX item_fallen_version ON item_fallen (version_id);

-- Who submitted a draft said that the cases of entries that fall out are finished under their versions.
ALTER TABLE item_draft ADD COLUMN keep_cases boolean NOT NULL DEFAULT FALSE;

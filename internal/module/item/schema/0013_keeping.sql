-- +goose Up
-- What else an import counts: statements that are over because the tables say again what the base says, and entries it ended.
ALTER TABLE item_import ADD COLUMN agreed bigint NOT NULL DEFAULT 0;
ALTER TABLE item_import ADD COLUMN ended bigint NOT NULL DEFAULT 0;

-- The unit an office promised in stays with its promise: that of the base version it stands on is the one it was read in so far. promise_days stays the
-- first key, for the index item_entry_version_promise.
UPDATE item_entry_version SET override = substr(override, 1, length(override) - 1) || ',"promise_unit":"calendar_days"}'
    WHERE substr(override, 1, 15) = '{"promise_days"' AND override NOT LIKE '%"promise_unit":%'
    AND base_version_id IN (SELECT id FROM item_base_version WHERE definition LIKE '%"promise_unit":"calendar_days"%');
UPDATE item_entry_version SET override = substr(override, 1, length(override) - 1) || ',"promise_unit":"working_days"}'
    WHERE substr(override, 1, 15) = '{"promise_days"' AND override NOT LIKE '%"promise_unit":%'
    AND base_version_id IN (SELECT id FROM item_base_version WHERE definition LIKE '%"promise_unit":"working_days"%');

-- An entry ends with its base item: the counters leave it out as everything else does.
DELETE FROM item_tally_base WHERE base_code IN (SELECT code FROM item_base WHERE state = 'cancelled');
DELETE FROM item_tally_office;
INSERT INTO item_tally_office (office_id, region, entries) SELECT office_id, region, count(*) FROM item_entry
    WHERE state <> 'cancelled' AND base_code NOT IN (SELECT code FROM item_base WHERE state = 'cancelled') GROUP BY office_id, region;

-- Unlocking an element and changing a rule of quality take two keepers too: more kinds of proposals. Neither engine widens a CHECK in place alike.
CREATE TABLE item_proposal_wider (
    id          text      NOT NULL PRIMARY KEY,
    kind        text      NOT NULL CHECK (kind IN ('alteration', 'recall', 'state', 'override', 'contact', 'claim', 'import', 'element', 'rule')),
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
INSERT INTO item_proposal_wider (id, kind, state, object, name, office_path, act, preview, reason, author, made_at, made_by, ended_at, ended_by, remark, outcome)
    SELECT id, kind, state, object, name, office_path, act, preview, reason, author, made_at, made_by, ended_at, ended_by, remark, outcome FROM item_proposal;
CREATE TABLE item_proposal_part_wider (
    proposal_id text   NOT NULL REFERENCES item_proposal_wider (id),
    file        bigint NOT NULL,
    part        bigint NOT NULL,
    name        text   NOT NULL,
    content     bytea  NOT NULL,
    PRIMARY KEY (proposal_id, file, part)
);
INSERT INTO item_proposal_part_wider (proposal_id, file, part, name, content) SELECT proposal_id, file, part, name, content FROM item_proposal_part;
DROP TABLE item_proposal_part;
DROP TABLE item_proposal;
ALTER TABLE item_proposal_wider RENAME TO item_proposal;
ALTER TABLE item_proposal_part_wider RENAME TO item_proposal_part;
CREATE UNIQUE INDEX item_proposal_open ON item_proposal (kind, object) WHERE state = 'waiting';
CREATE INDEX item_proposal_state ON item_proposal (state, id);

-- The items of a proposal that is carried out one by one, behind the back of who approved it. problem is the key of the fault one was refused with.
CREATE TABLE item_proposal_step (
    proposal_id text      NOT NULL REFERENCES item_proposal (id),
    position    bigint    NOT NULL,
    code        text      NOT NULL,
    name        text      NOT NULL,
    state       text      NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'refused')),
    problem     text      NOT NULL DEFAULT '',
    done_at     timestamp,
    PRIMARY KEY (proposal_id, position)
);

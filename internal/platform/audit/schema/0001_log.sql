-- +goose Up

-- What was appended and has no place in the tree yet. Insert-only for business; the sequencer moves rows to audit_leaf.
CREATE TABLE audit_inbox (
    id         text      NOT NULL PRIMARY KEY,
    kind       text      NOT NULL CHECK (kind <> ''),
    actor      text      NOT NULL,
    office     text      NOT NULL,
    subject    text      NOT NULL,
    object     text      NOT NULL,
    basis      text      NOT NULL,
    at         timestamp NOT NULL,
    data       text,
    salt       bytea,
    commitment bytea     NOT NULL
);

-- The leaves, numbered from 0 without gaps. No row is ever deleted; only an erasure changes one, and only what it erases.
CREATE TABLE audit_leaf (
    position   bigint    NOT NULL PRIMARY KEY CHECK (position >= 0),
    id         text      NOT NULL UNIQUE,
    kind       text      NOT NULL,
    actor      text      NOT NULL,
    office     text      NOT NULL,
    subject    text      NOT NULL,
    object     text      NOT NULL,
    basis      text      NOT NULL,
    at         timestamp NOT NULL,
    data       text,
    salt       bytea,
    commitment bytea     NOT NULL
);
CREATE INDEX audit_leaf_object ON audit_leaf (object, id) WHERE object <> '';
CREATE INDEX audit_leaf_subject ON audit_leaf (subject, id) WHERE subject <> '';
CREATE INDEX audit_leaf_actor ON audit_leaf (actor, id) WHERE actor <> '';
CREATE INDEX audit_leaf_kind ON audit_leaf (kind, id);

-- Tiles of the tree as C2SP tlog-tiles cuts it, one row each; the last of a level grows until it is full.
CREATE TABLE audit_tile (
    level  bigint NOT NULL CHECK (level BETWEEN 0 AND 7),
    place  bigint NOT NULL CHECK (place >= 0),
    hashes bytea  NOT NULL,
    PRIMARY KEY (level, place)
);

-- The one row that says how many leaves the tree has. Whoever moves turn holds the log until that transaction ends.
CREATE TABLE audit_tree (
    id   bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    size bigint NOT NULL CHECK (size >= 0),
    turn bigint NOT NULL
);
INSERT INTO audit_tree (id, size, turn) VALUES (1, 0, 0);

-- Signed statements of the tree's size and root. kept marks those that stay when the rest is thinned out; at and kept are
-- housekeeping and prove nothing.
CREATE TABLE audit_checkpoint (
    size bigint    NOT NULL PRIMARY KEY,
    root bytea     NOT NULL,
    note text      NOT NULL,
    at   timestamp NOT NULL,
    kept boolean   NOT NULL
);
CREATE INDEX audit_checkpoint_thin ON audit_checkpoint (at) WHERE NOT kept;

-- +goose Up

-- What witnesses signed below a checkpoint: one line of its note each. Rows go when their checkpoint is thinned out.
CREATE TABLE audit_cosignature (
    size    bigint    NOT NULL, -- of the checkpoint
    witness text      NOT NULL,
    line    text      NOT NULL, -- "— name base64\n"
    at      timestamp NOT NULL, -- as the witness says
    PRIMARY KEY (size, witness)
);

-- How each witness answered last. It proves nothing; it shows people and operators who is silent and who refused.
CREATE TABLE audit_witness (
    name     text      NOT NULL PRIMARY KEY,
    asked_at timestamp NOT NULL,
    size     bigint    NOT NULL, -- of the tree the witness knows, as far as we know
    refusal  text      NOT NULL  -- why it signed nothing: unreachable, conflict, inconsistent, refused; '' when it signed
);

-- Readings that the law keeps from who was read until a day (《个人信息保护法》第三十五条). The leaf itself says the same; this row is what lists ask.
CREATE TABLE audit_withheld (
    id       text      NOT NULL PRIMARY KEY, -- of the leaf
    until_at timestamp NOT NULL
);

-- +goose Up

-- Certificates that are issued in one go. The numbers of a batch are taken before anything is signed, and stay its own: whoever goes on after a crash
-- uses the same. plan says which and is empty once nothing depends on it any more.
CREATE TABLE cert_batch (
	id           text      NOT NULL PRIMARY KEY, -- who wanted it, and which part of what: "demo/stock/12/0-2000", "import/ID/2-501"
	digest       text      NOT NULL,             -- SM3 over what was wanted: another content under the same name is refused
	state        text      NOT NULL CHECK (state IN ('numbered', 'issued', 'lapsed')),
	plan         text      NOT NULL,             -- JSON
	certificates bigint    NOT NULL,             -- how many are, or were, issued
	numbered_at  timestamp NOT NULL,
	issued_at    timestamp,
	told_at      timestamp                       -- when the holders were told
);

-- A table an office hands in is taken over as a record of paper, or each good row of it is issued.
ALTER TABLE cert_import ADD COLUMN way text NOT NULL DEFAULT 'paper' CHECK (way IN ('paper', 'issue'));

-- What is wrong with rows that were found fit and could not be issued after all; JSON as report has it.
ALTER TABLE cert_import ADD COLUMN late_faults text NOT NULL DEFAULT '[]';

-- An office's register, a type at a time.
CREATE INDEX cert_cert_type ON cert_cert (type_key, office_path, id);

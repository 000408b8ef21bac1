-- +goose Up

-- From which day a version of a type holds; '' for one that held when it was written. Department, holder kind and whether the register of its
-- certificates is open stand beside the definition, for lists.
ALTER TABLE cert_type ADD COLUMN effective_on text NOT NULL DEFAULT '';
ALTER TABLE cert_type ADD COLUMN department text NOT NULL DEFAULT '';
ALTER TABLE cert_type ADD COLUMN holder_kind text NOT NULL DEFAULT '';

-- A change of a type waits here for a second keeper.
CREATE TABLE cert_proposal (
	id           text      NOT NULL PRIMARY KEY,
	type_key     text      NOT NULL,
	base_version bigint    NOT NULL, -- the version it changes
	definition   text      NOT NULL, -- JSON
	effective_on text      NOT NULL,
	reason       text      NOT NULL,
	state        text      NOT NULL CHECK (state IN ('open', 'approved', 'refused')),
	proposed_by  text      NOT NULL, -- account's
	proposed_at  timestamp NOT NULL,
	decided_by   text      NOT NULL,
	decided_at   timestamp
);
CREATE UNIQUE INDEX cert_proposal_open ON cert_proposal (type_key) WHERE state = 'open';

-- A table of certificates that were issued on paper, checked and then taken over row by row. The file is kept until it is.
CREATE TABLE cert_import (
	id          text      NOT NULL PRIMARY KEY,
	type_key    text      NOT NULL,
	office_path text      NOT NULL, -- whose certificates they are
	digest      text      NOT NULL, -- SM3 of the file
	content     bytea,              -- sealed; none once all is taken over
	report      text      NOT NULL, -- JSON: what is wrong with which row, without what stands in it
	read_rows   bigint    NOT NULL,
	good_rows   bigint    NOT NULL,
	done_row    bigint    NOT NULL, -- the last row that was dealt with
	taken_rows  bigint    NOT NULL,
	state       text      NOT NULL CHECK (state IN ('checked', 'running', 'done')),
	made_by     text      NOT NULL,
	made_at     timestamp NOT NULL,
	finished_at timestamp,
	UNIQUE (office_path, type_key, digest)
);

-- A certificate on paper as an office's books say it: neither signed nor in the register of electronic certificates.
CREATE TABLE cert_paper (
	id           text      NOT NULL PRIMARY KEY,
	import_id    text      NOT NULL REFERENCES cert_import (id),
	row_number   bigint    NOT NULL, -- in the file
	type_id      text      NOT NULL REFERENCES cert_type (id),
	type_key     text      NOT NULL,
	name         text      NOT NULL,
	number_index bytea     NOT NULL, -- HMAC-SM3 of the number, which may be a person's
	subject_id   text      NOT NULL, -- account's; '' when nobody with the holder's number had an account
	issuer_code  text      NOT NULL,
	issuer_name  text      NOT NULL,
	office_path  text      NOT NULL,
	issued_on    text      NOT NULL,
	valid_until  text,               -- none: without an end
	record       bytea     NOT NULL, -- sealed
	imported_at  timestamp NOT NULL,
	UNIQUE (type_key, issuer_code, number_index)
);
CREATE INDEX cert_paper_subject ON cert_paper (subject_id, id) WHERE subject_id <> '';
CREATE INDEX cert_paper_import ON cert_paper (import_id, row_number);

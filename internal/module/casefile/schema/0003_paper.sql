-- +goose Up

-- Documents are kept as they were set: the body is the whole letter as JSON, sealed, so that it can be set again to the same bytes. template says by
-- which form and version it was filled; '' is a document of before, whose body is lines of text.
ALTER TABLE casefile_paper ADD COLUMN template text NOT NULL DEFAULT '';
-- SM3 of the body in clear; the leaf of the step names it too.
ALTER TABLE casefile_paper ADD COLUMN digest bytea;

-- When whom a document was made for first opened it (送达). Never changed.
CREATE TABLE casefile_paper_reading (
	paper_id   text      NOT NULL PRIMARY KEY REFERENCES casefile_paper (id),
	case_id    text      NOT NULL REFERENCES casefile_case (id),
	account_id text      NOT NULL, -- who opened it: the applicant or who acts for him
	at         timestamp NOT NULL
);
CREATE INDEX casefile_paper_reading_case ON casefile_paper_reading (case_id);

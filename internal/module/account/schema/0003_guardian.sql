-- +goose Up

-- Who looks after whom (监护): parents and other guardians of children, guardians of adults without full capacity. It is written by an officer who
-- saw the document it rests on, and that of a child ends by its date.
CREATE TABLE account_guardian (
	id          text      NOT NULL PRIMARY KEY,
	ward_id     text      NOT NULL REFERENCES account_subject (id),
	guardian_id text      NOT NULL REFERENCES account_subject (id),
	kind        text      NOT NULL CHECK (kind IN ('parent', 'guardian', 'appointed')),
	basis       text      NOT NULL, -- the document, by its kind and issuer; no number of a person
	recorded_at timestamp NOT NULL,
	recorded_by text      NOT NULL, -- the officer's account
	office_path text      NOT NULL,
	last_on     text,               -- the last day before the child is eighteen; none for an adult
	ended_at    timestamp
);
CREATE INDEX account_guardian_ward ON account_guardian (ward_id, id);
CREATE INDEX account_guardian_guardian ON account_guardian (guardian_id, id) WHERE ended_at IS NULL;

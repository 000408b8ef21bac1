-- +goose Up
-- Why a keeper closed an incident without trying again; '' of one that was tried again.
ALTER TABLE workflow_incident ADD COLUMN closed_why text NOT NULL DEFAULT '';

-- Account that may not do a task, because it did the one this must be apart from; '' bars nobody.
ALTER TABLE workflow_task ADD COLUMN barred text NOT NULL DEFAULT '';

-- What somebody wrote down with a task, in its form. The answers are sealed.
CREATE TABLE workflow_record (
	id text PRIMARY KEY,
	task_id text NOT NULL REFERENCES workflow_task (id),
	subject text NOT NULL,
	name text NOT NULL, -- of the task
	form_id text NOT NULL, -- of form
	answers bytea NOT NULL,
	post text NOT NULL,
	office_path text NOT NULL,
	at timestamp NOT NULL
);
CREATE INDEX workflow_record_subject ON workflow_record (subject, id);

-- An author may take a proposal back: a state more.
ALTER TABLE workflow_proposal RENAME TO workflow_proposal_before;
DROP INDEX workflow_proposal_waiting;
DROP INDEX workflow_proposal_state;
CREATE TABLE workflow_proposal (
	id text PRIMARY KEY,
	definition_key text NOT NULL,
	name text NOT NULL,
	source text NOT NULL,
	digest text NOT NULL,
	from_version integer NOT NULL, -- the version its author began with; 0 of a new process
	state text NOT NULL CHECK (state IN ('waiting', 'deployed', 'returned', 'withdrawn')),
	subject text NOT NULL, -- the person behind the account
	account text NOT NULL,
	behalf text NOT NULL, -- account of whom a deputy stood in for
	post text NOT NULL,
	made_at timestamp NOT NULL,
	decided_at timestamp,
	decided_by text NOT NULL DEFAULT '',
	decided_post text NOT NULL DEFAULT '',
	reason text NOT NULL DEFAULT '', -- why it was returned
	version integer NOT NULL DEFAULT 0 -- that came of it
);
INSERT INTO workflow_proposal (id, definition_key, name, source, digest, from_version, state, subject, account, behalf, post, made_at, decided_at, decided_by, decided_post, reason, version)
SELECT id, definition_key, name, source, digest, from_version, state, subject, account, behalf, post, made_at, decided_at, decided_by, decided_post, reason, version FROM workflow_proposal_before;
DROP TABLE workflow_proposal_before;
-- The same is proposed once as long as it waits.
CREATE UNIQUE INDEX workflow_proposal_waiting ON workflow_proposal (definition_key, digest) WHERE state = 'waiting';
CREATE INDEX workflow_proposal_state ON workflow_proposal (state, id);

-- +goose Up
-- When the outermost instance began: what it and those it calls call later is what was deployed then.
ALTER TABLE workflow_instance ADD COLUMN began_at timestamp;
UPDATE workflow_instance SET began_at = started_at WHERE state = 'running';

-- A source that one keeper wants to be the next version of its process, and another must approve.
CREATE TABLE workflow_proposal (
	id text PRIMARY KEY,
	definition_key text NOT NULL,
	name text NOT NULL,
	source text NOT NULL,
	digest text NOT NULL,
	from_version integer NOT NULL, -- the version its author began with; 0 of a new process
	state text NOT NULL CHECK (state IN ('waiting', 'deployed', 'returned')),
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
-- The same is proposed once as long as it waits.
CREATE UNIQUE INDEX workflow_proposal_waiting ON workflow_proposal (definition_key, digest) WHERE state = 'waiting';
CREATE INDEX workflow_proposal_state ON workflow_proposal (state, id);

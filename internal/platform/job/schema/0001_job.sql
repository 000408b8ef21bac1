-- +goose Up
CREATE TABLE job_job (
	id text PRIMARY KEY,
	kind text NOT NULL,
	unique_key text,
	args text NOT NULL,
	state text NOT NULL CHECK (state IN ('available', 'running', 'completed', 'discarded', 'cancelled')),
	attempt integer NOT NULL,
	max_attempts integer NOT NULL,
	due_at timestamp NOT NULL,
	lease text,
	errors text,
	created_at timestamp NOT NULL,
	finished_at timestamp
);
-- What is to be done: by the one column that says so, or else SQLite takes the index of the states and sorts all that waits.
CREATE INDEX job_job_due ON job_job (due_at, id) WHERE finished_at IS NULL;
CREATE UNIQUE INDEX job_job_unique ON job_job (kind, unique_key) WHERE unique_key IS NOT NULL AND state IN ('available', 'running');
CREATE INDEX job_job_state ON job_job (state, id);
CREATE INDEX job_job_finished ON job_job (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE job_leader (
	name text PRIMARY KEY,
	node text NOT NULL,
	until_at timestamp NOT NULL
);

CREATE TABLE job_period (
	name text PRIMARY KEY,
	last_at timestamp NOT NULL
);

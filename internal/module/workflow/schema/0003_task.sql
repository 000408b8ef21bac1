-- +goose Up
-- What officers do with a task besides completing it. version rises with each: whoever completes or changes a task says which version he saw.
ALTER TABLE workflow_task ADD COLUMN version bigint NOT NULL DEFAULT 0;
ALTER TABLE workflow_task ADD COLUMN holder text NOT NULL DEFAULT ''; -- account that took it or was given it; '' is the whole post's
ALTER TABLE workflow_task ADD COLUMN rank integer NOT NULL DEFAULT 0; -- -1 goes before the others: somebody was urged
ALTER TABLE workflow_task ADD COLUMN blocks integer NOT NULL DEFAULT 0; -- signatures that must come before it is completed
ALTER TABLE workflow_task ADD COLUMN follows integer NOT NULL DEFAULT 0; -- signatures that must come before the process moves on
ALTER TABLE workflow_task ADD COLUMN sides integer NOT NULL DEFAULT 0; -- opinions and findings asked of others, still open
ALTER TABLE workflow_task ADD COLUMN urged integer NOT NULL DEFAULT 0;
ALTER TABLE workflow_task ADD COLUMN urged_on text NOT NULL DEFAULT '';
ALTER TABLE workflow_task ADD COLUMN given text NOT NULL DEFAULT ''; -- values for the variables of the process, of a task that others sign after; JSON
ALTER TABLE workflow_task ADD COLUMN done_for text NOT NULL DEFAULT ''; -- account of whom a deputy stood in for
DROP INDEX workflow_task_inbox;
CREATE INDEX workflow_task_pool ON workflow_task (office_path, role, rank, due_on, id) WHERE state = 'open' AND holder = '';
CREATE INDEX workflow_task_held ON workflow_task (holder, rank, due_on, id) WHERE state = 'open' AND holder <> '';

-- What somebody beside the process is asked to do about a task; it never moves a token by itself.
CREATE TABLE workflow_side (
	id text PRIMARY KEY,
	task_id text NOT NULL REFERENCES workflow_task (id),
	request_id text NOT NULL, -- the same for all who were asked at once; of a gathering its id
	subject text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('before', 'after', 'delegate', 'opinion', 'inspection', 'expert')),
	turn integer NOT NULL,
	office_id text NOT NULL,
	office_path text NOT NULL,
	office_name text NOT NULL,
	role text NOT NULL,
	account text NOT NULL, -- of account; '' is the whole post's
	title text NOT NULL,
	number text NOT NULL,
	due_on text NOT NULL,
	rank integer NOT NULL,
	state text NOT NULL CHECK (state IN ('waiting', 'open', 'done', 'removed')),
	words bytea, -- sealed
	asked_by text NOT NULL,
	asked_for text NOT NULL,
	asked_post text NOT NULL,
	asked_path text NOT NULL,
	opened_at timestamp NOT NULL,
	done_at timestamp,
	done_by text NOT NULL,
	done_for text NOT NULL,
	done_post text NOT NULL,
	outcome text NOT NULL,
	answer bytea -- sealed
);
CREATE INDEX workflow_side_pool ON workflow_side (office_path, role, rank, due_on, id) WHERE state = 'open' AND account = '';
CREATE INDEX workflow_side_held ON workflow_side (account, rank, due_on, id) WHERE state = 'open' AND account <> '';
CREATE INDEX workflow_side_task ON workflow_side (task_id, id);
CREATE INDEX workflow_side_subject ON workflow_side (subject, id);
CREATE INDEX workflow_side_asked ON workflow_side (asked_by, id) WHERE kind IN ('opinion', 'inspection', 'expert');

-- Several look at one thing together: on the spot, or as experts.
CREATE TABLE workflow_gathering (
	id text PRIMARY KEY,
	task_id text NOT NULL REFERENCES workflow_task (id),
	subject text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('inspection', 'expert')),
	held_on text NOT NULL,
	place text NOT NULL,
	host_by text NOT NULL,
	host_for text NOT NULL,
	host_post text NOT NULL,
	state text NOT NULL CHECK (state IN ('open', 'closed', 'removed')),
	opened_at timestamp NOT NULL,
	closed_at timestamp
);
CREATE INDEX workflow_gathering_subject ON workflow_gathering (subject, id);

CREATE TABLE workflow_copy (
	id text PRIMARY KEY,
	task_id text NOT NULL REFERENCES workflow_task (id),
	subject text NOT NULL,
	title text NOT NULL,
	number text NOT NULL,
	account text NOT NULL, -- of account; '' is the whole post's
	office_path text NOT NULL,
	office_name text NOT NULL,
	role text NOT NULL,
	words bytea, -- sealed
	sent_by text NOT NULL,
	sent_post text NOT NULL,
	sent_at timestamp NOT NULL,
	read_at timestamp,
	read_by text NOT NULL
);
CREATE INDEX workflow_copy_account ON workflow_copy (account, id) WHERE account <> '';
CREATE INDEX workflow_copy_post ON workflow_copy (office_path, role, id) WHERE account = '';
CREATE INDEX workflow_copy_subject ON workflow_copy (subject, id);

-- The history of what was done with tasks.
CREATE TABLE workflow_task_event (
	id text PRIMARY KEY,
	task_id text NOT NULL REFERENCES workflow_task (id),
	subject text NOT NULL,
	verb text NOT NULL,
	node text NOT NULL, -- name of the task
	target text NOT NULL, -- to whom, in words
	words bytea, -- sealed
	document bytea, -- sealed: the text of a letter or record
	actor text NOT NULL,
	actor_for text NOT NULL,
	post text NOT NULL,
	office_path text NOT NULL,
	at timestamp NOT NULL
);
CREATE INDEX workflow_task_event_subject ON workflow_task_event (subject, id);

-- Who stands in for whom while he is away.
CREATE TABLE workflow_deputy (
	id text PRIMARY KEY,
	principal text NOT NULL, -- of account
	deputy text NOT NULL, -- of account
	from_on text NOT NULL,
	until_on text NOT NULL,
	items text NOT NULL, -- base codes; empty means all
	made_by text NOT NULL,
	made_at timestamp NOT NULL,
	ended_by text NOT NULL,
	ended_at timestamp
);
CREATE INDEX workflow_deputy_deputy ON workflow_deputy (deputy, until_on) WHERE ended_at IS NULL;
CREATE INDEX workflow_deputy_principal ON workflow_deputy (principal, until_on) WHERE ended_at IS NULL;

-- One row that whoever names a deputy writes first: of two who name each other at once, the second sees the first.
CREATE TABLE workflow_deputy_turn (
	id integer PRIMARY KEY,
	changes bigint NOT NULL
);
INSERT INTO workflow_deputy_turn (id, changes) VALUES (1, 0);

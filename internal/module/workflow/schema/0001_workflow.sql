-- +goose Up
CREATE TABLE workflow_definition (
	id text PRIMARY KEY,
	definition_key text NOT NULL,
	version integer NOT NULL,
	name text NOT NULL,
	source text NOT NULL,
	digest text NOT NULL,
	deployed_at timestamp NOT NULL,
	UNIQUE (definition_key, version)
);

CREATE TABLE workflow_instance (
	id text PRIMARY KEY,
	definition_id text NOT NULL REFERENCES workflow_definition (id),
	subject text NOT NULL UNIQUE, -- whose process it is: a case's id
	state text NOT NULL CHECK (state IN ('running', 'ended', 'cancelled')),
	places text NOT NULL,
	started_at timestamp NOT NULL,
	ended_at timestamp
);

CREATE TABLE workflow_token (
	id text PRIMARY KEY,
	instance_id text NOT NULL REFERENCES workflow_instance (id),
	node text NOT NULL,
	office text NOT NULL,
	token_group text NOT NULL,
	group_size integer NOT NULL
);
CREATE INDEX workflow_token_instance ON workflow_token (instance_id);

CREATE TABLE workflow_task (
	id text PRIMARY KEY,
	instance_id text NOT NULL REFERENCES workflow_instance (id),
	token_id text NOT NULL,
	subject text NOT NULL,
	node text NOT NULL,
	name text NOT NULL,
	action text NOT NULL,
	role text NOT NULL,
	office_id text NOT NULL,
	office_path text NOT NULL,
	office_name text NOT NULL,
	title text NOT NULL,
	number text NOT NULL,
	due_on text NOT NULL,
	state text NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
	opened_at timestamp NOT NULL,
	done_at timestamp,
	done_by text,
	done_post text,
	outcome text,
	comment text
);
CREATE INDEX workflow_task_inbox ON workflow_task (office_path, role, due_on, id) WHERE state = 'open';
CREATE INDEX workflow_task_subject ON workflow_task (subject, id);

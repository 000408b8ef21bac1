-- +goose Up
ALTER TABLE workflow_instance ADD COLUMN machine text NOT NULL DEFAULT ''; -- where its tokens stand; '' of an instance whose tokens are still rows of workflow_token
ALTER TABLE workflow_instance ADD COLUMN variables text NOT NULL DEFAULT '{}';
ALTER TABLE workflow_instance ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE workflow_instance ADD COLUMN topic text NOT NULL DEFAULT ''; -- of a child: the subject its tasks are about
ALTER TABLE workflow_instance ADD COLUMN title text NOT NULL DEFAULT '';
ALTER TABLE workflow_instance ADD COLUMN number text NOT NULL DEFAULT '';
ALTER TABLE workflow_instance ADD COLUMN due_on text NOT NULL DEFAULT '';
ALTER TABLE workflow_instance ADD COLUMN region text NOT NULL DEFAULT ''; -- whose calendar counts
ALTER TABLE workflow_instance ADD COLUMN parent_id text;
ALTER TABLE workflow_instance ADD COLUMN parent_token bigint NOT NULL DEFAULT 0;
CREATE INDEX workflow_instance_topic ON workflow_instance (topic) WHERE topic <> '';
CREATE INDEX workflow_instance_parent ON workflow_instance (parent_id, parent_token) WHERE parent_id IS NOT NULL;

CREATE TABLE workflow_timer (
	id text PRIMARY KEY,
	instance_id text NOT NULL REFERENCES workflow_instance (id),
	owner bigint NOT NULL,
	event text NOT NULL,
	fire_at timestamp NOT NULL
);
CREATE INDEX workflow_timer_due ON workflow_timer (fire_at, id);
CREATE INDEX workflow_timer_instance ON workflow_timer (instance_id);

CREATE TABLE workflow_wait (
	id text PRIMARY KEY,
	instance_id text NOT NULL REFERENCES workflow_instance (id),
	owner bigint NOT NULL,
	event text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('message', 'signal')),
	name text NOT NULL,
	correlation text NOT NULL -- '' of signals
);
CREATE INDEX workflow_wait_name ON workflow_wait (kind, name, correlation, id);
CREATE INDEX workflow_wait_instance ON workflow_wait (instance_id);

CREATE TABLE workflow_service (
	id text PRIMARY KEY, -- the key by which a handler knows that it is asked again
	instance_id text NOT NULL REFERENCES workflow_instance (id),
	owner bigint NOT NULL,
	handler text NOT NULL,
	inputs text NOT NULL,
	attempt integer NOT NULL
);
CREATE INDEX workflow_service_instance ON workflow_service (instance_id);

CREATE TABLE workflow_incident (
	id text PRIMARY KEY,
	instance_id text NOT NULL REFERENCES workflow_instance (id),
	owner bigint NOT NULL,
	element text NOT NULL,
	reason text NOT NULL,
	code text NOT NULL,
	office_path text NOT NULL,
	opened_at timestamp NOT NULL,
	closed_at timestamp,
	closed_by text
);
CREATE INDEX workflow_incident_open ON workflow_incident (id) WHERE closed_at IS NULL;
CREATE INDEX workflow_incident_instance ON workflow_incident (instance_id);

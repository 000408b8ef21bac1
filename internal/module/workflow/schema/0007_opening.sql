-- +goose Up
-- The starts of a definition that a message brings about, so that a message finds them. Those of the newest version of a process are in force.
CREATE TABLE workflow_opening (
	definition_id text NOT NULL REFERENCES workflow_definition (id),
	event text NOT NULL, -- the element
	name text NOT NULL, -- of the message
	told boolean NOT NULL, -- somebody may tell it on the page of a case
	PRIMARY KEY (definition_id, event)
);
CREATE INDEX workflow_opening_name ON workflow_opening (name);

-- What messages began: the same message again begins nothing, whichever version is in force then.
CREATE TABLE workflow_opened (
	definition_key text NOT NULL,
	name text NOT NULL, -- of the message
	correlation text NOT NULL,
	instance_id text NOT NULL, -- of workflow_instance, which is written later
	opened_at timestamp NOT NULL,
	PRIMARY KEY (definition_key, name, correlation)
);

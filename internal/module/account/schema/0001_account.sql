-- +goose Up
CREATE TABLE account_subject (
	id text PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('person', 'company')),
	name bytea NOT NULL,
	number bytea NOT NULL,
	number_index bytea NOT NULL UNIQUE,
	phone bytea,
	representative bytea,
	address bytea,
	level integer NOT NULL CHECK (level BETWEEN 0 AND 4),
	region text NOT NULL,
	created_at timestamp NOT NULL
);

CREATE TABLE account_account (
	id text PRIMARY KEY,
	login text NOT NULL UNIQUE,
	kind text NOT NULL CHECK (kind IN ('citizen', 'officer', 'administrator')),
	subject_id text NOT NULL REFERENCES account_subject (id),
	password text NOT NULL,
	state text NOT NULL CHECK (state IN ('active', 'locked')),
	failures integer NOT NULL,
	locked_until timestamp,
	totp bytea,
	totp_step bigint NOT NULL,
	created_at timestamp NOT NULL
);
CREATE INDEX account_account_subject ON account_account (subject_id);

CREATE TABLE account_agent (
	id text PRIMARY KEY,
	company_id text NOT NULL REFERENCES account_subject (id),
	person_id text NOT NULL REFERENCES account_subject (id),
	role text NOT NULL CHECK (role IN ('representative', 'manager', 'agent')),
	from_at timestamp NOT NULL,
	until_at timestamp
);
CREATE INDEX account_agent_person ON account_agent (person_id);
CREATE UNIQUE INDEX account_agent_pair ON account_agent (company_id, person_id);

CREATE TABLE account_token (
	hash text PRIMARY KEY,
	account_id text NOT NULL REFERENCES account_account (id),
	company_id text NOT NULL,
	created_at timestamp NOT NULL,
	expires_at timestamp NOT NULL
);
CREATE INDEX account_token_account ON account_token (account_id);
CREATE INDEX account_token_expires ON account_token (expires_at);

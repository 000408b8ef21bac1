-- +goose Up
CREATE TABLE office_region (
	code text PRIMARY KEY,
	name text NOT NULL,
	parent text NOT NULL,
	statutory boolean NOT NULL
);
CREATE INDEX office_region_parent ON office_region (parent, code);

CREATE TABLE office_region_change (
	id text PRIMARY KEY,
	changed_on text NOT NULL,
	old_code text NOT NULL,
	old_name text NOT NULL,
	new_code text NOT NULL,
	new_name text NOT NULL,
	source text NOT NULL
);

CREATE TABLE office_notice (
	year integer PRIMARY KEY,
	papers text NOT NULL,
	notice text NOT NULL,
	imported_by text NOT NULL,
	imported_at timestamp NOT NULL
);

CREATE TABLE office_office (
	id text PRIMARY KEY,
	path text NOT NULL UNIQUE,
	parent text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('government', 'department', 'centre', 'point')),
	name text NOT NULL,
	region text NOT NULL,
	department text NOT NULL,
	code text NOT NULL
);
CREATE INDEX office_office_parent ON office_office (parent, path);
CREATE INDEX office_office_department ON office_office (department, path);
CREATE INDEX office_office_region ON office_office (region, path);

CREATE TABLE office_post (
	id text PRIMARY KEY,
	account_id text NOT NULL, -- of account
	role text NOT NULL,
	office_id text NOT NULL REFERENCES office_office (id),
	items text NOT NULL,
	from_at timestamp NOT NULL,
	until_at timestamp,
	granted_by text NOT NULL
);
CREATE INDEX office_post_account ON office_post (account_id);
CREATE INDEX office_post_office ON office_post (office_id, role);

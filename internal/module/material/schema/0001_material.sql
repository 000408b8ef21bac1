-- +goose Up
CREATE TABLE material_file (
	id text PRIMARY KEY,
	account_id text NOT NULL, -- of account
	subject_id text NOT NULL,
	name bytea NOT NULL,
	sha256 text NOT NULL,
	media_type text NOT NULL,
	size bigint NOT NULL,
	uploaded_at timestamp NOT NULL,
	used boolean NOT NULL,
	grade text NOT NULL DEFAULT '' CHECK (grade IN ('', 'A', 'B', 'C', 'D')) -- the lowest it has had as a document; '' before it was one
);
CREATE INDEX material_file_unused ON material_file (uploaded_at) WHERE NOT used;

CREATE TABLE material_document (
	id text PRIMARY KEY,
	subject_id text NOT NULL,
	code text NOT NULL,
	file_id text NOT NULL REFERENCES material_file (id),
	grade text NOT NULL CHECK (grade IN ('A', 'B', 'C', 'D')),
	obtained_at timestamp NOT NULL,
	expires_on text NOT NULL
);
CREATE INDEX material_document_subject ON material_document (subject_id, code, id);

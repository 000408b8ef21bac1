-- +goose Up

-- One immutable version of a certificate type (证照类型).
CREATE TABLE cert_type (
	id          text      NOT NULL PRIMARY KEY,
	type_key    text      NOT NULL, -- "food-operation", as items name it
	version     bigint    NOT NULL CHECK (version > 0),
	code        text      NOT NULL, -- 21 characters
	name        text      NOT NULL,
	digest      text      NOT NULL, -- SM3 of the definition
	definition  text      NOT NULL, -- JSON
	deployed_at timestamp NOT NULL,
	UNIQUE (type_key, version)
);

-- Numbers without gaps: one row a series, moved in the transaction that uses the number.
CREATE TABLE cert_counter (
	series text   NOT NULL PRIMARY KEY, -- "serial/CODE/ISSUER/20261123", "number/food-operation/JY2220102"
	value  bigint NOT NULL
);

CREATE TABLE cert_cert (
	id           text      NOT NULL PRIMARY KEY,
	identifier   text      NOT NULL UNIQUE,
	case_id      text      NOT NULL UNIQUE, -- casefile's: one certificate a case
	case_number  text      NOT NULL,
	type_id      text      NOT NULL REFERENCES cert_type (id),
	type_key     text      NOT NULL,
	name         text      NOT NULL,
	subject_id   text      NOT NULL, -- account's: the holder
	holder       text      NOT NULL, -- as others may read it: a person's name is masked
	issuer_code  text      NOT NULL,
	issuer_name  text      NOT NULL,
	office_path  text      NOT NULL, -- of the office that decided
	centre_path  text      NOT NULL,
	base_code    text      NOT NULL,
	state        text      NOT NULL CHECK (state IN ('prepared', 'valid', 'suspended', 'revoked', 'superseded')),
	issued_on    text      NOT NULL,
	valid_from   text      NOT NULL,
	valid_until  text,               -- none: without an end
	record       bytea     NOT NULL, -- sealed; without the documents' digests while prepared
	signature    bytea,              -- SM2 over the record; none while prepared
	supersedes   text      NOT NULL, -- identifier of the version before; '' for none
	prepared_at  timestamp NOT NULL,
	issued_at    timestamp,
	ended_at     timestamp,
	ended_kind   text      NOT NULL, -- withdrawn, revoked, cancelled, penalty, suspended; '' while valid
	ended_reason bytea,              -- sealed
	ended_by     text      NOT NULL,
	ended_case   text      NOT NULL  -- the case that cancelled it on application; '' otherwise
);
CREATE INDEX cert_cert_subject ON cert_cert (subject_id, id);
CREATE INDEX cert_cert_held ON cert_cert (subject_id, type_key, id) WHERE state = 'valid';
CREATE INDEX cert_cert_case_number ON cert_cert (case_number);
CREATE INDEX cert_cert_ended_case ON cert_cert (ended_case) WHERE ended_case <> '';

-- The two documents of a certificate, sealed. They rest beside the record so that both are there or neither is.
CREATE TABLE cert_document (
	cert_id text  NOT NULL REFERENCES cert_cert (id),
	format  text  NOT NULL CHECK (format IN ('pdf', 'ofd')),
	content bytea NOT NULL,
	PRIMARY KEY (cert_id, format)
);

-- One-time codes. Only the digest of the token is kept: who reads the table can't present anything.
CREATE TABLE cert_presentation (
	token_hash bytea     NOT NULL PRIMARY KEY,
	cert_id    text      NOT NULL REFERENCES cert_cert (id),
	made_at    timestamp NOT NULL,
	expires_at timestamp NOT NULL,
	used_at    timestamp
);
CREATE INDEX cert_presentation_cert ON cert_presentation (cert_id, expires_at);

-- Who verified a certificate, for its holder to see.
CREATE TABLE cert_verification (
	id      text      NOT NULL PRIMARY KEY,
	cert_id text      NOT NULL REFERENCES cert_cert (id),
	way     text      NOT NULL CHECK (way IN ('identifier', 'token', 'file')),
	valid   boolean   NOT NULL,
	post    text      NOT NULL, -- of an officer: office and role; '' for anybody else
	at      timestamp NOT NULL
);
CREATE INDEX cert_verification_cert ON cert_verification (cert_id, id);

-- +goose Up

-- Seals (电子印章): one row a version. What was applied for, what was made of it, and how it stands now.
CREATE TABLE seal_seal (
	id          text      NOT NULL PRIMARY KEY,
	number      text      NOT NULL, -- 印章编码, given when it is approved; '' before
	version     integer   NOT NULL,
	es_id       text      UNIQUE,   -- number and version
	replaces    text      NOT NULL, -- id of the version before it; ''
	kind        text      NOT NULL,
	shape       text      NOT NULL CHECK (shape IN ('star', 'emblem', 'ellipse', 'square')),
	name        text      NOT NULL, -- along the arc
	line        text      NOT NULL, -- below the middle
	width       integer   NOT NULL, -- millimetres
	height      integer   NOT NULL,
	years       integer   NOT NULL, -- of validity
	owner_kind  text      NOT NULL CHECK (owner_kind IN ('office', 'company')),
	owner_id    text      NOT NULL, -- path of an office; subject of account
	owner_path  text      NOT NULL, -- path of an office; '' for a company
	owner_name  text      NOT NULL,
	owner_code  text      NOT NULL,
	region      text      NOT NULL,
	review_path text      NOT NULL, -- of the office that reviews the application
	reason      bytea,              -- sealed: why it is applied for
	refusal     bytea,              -- sealed: why it was refused
	state       text      NOT NULL CHECK (state IN ('applied', 'refused', 'approved', 'making', 'in_use', 'suspended', 'ended')),
	applied_at  timestamp NOT NULL,
	applied_by  text      NOT NULL,
	reviewed_at timestamp,
	reviewed_by text      NOT NULL,
	valid_from  timestamp,
	valid_to    timestamp,
	info        bytea,              -- what the maker signs, stored before it is signed
	whole       bytea               -- the seal: DER of SESeal
);
CREATE INDEX seal_seal_owner ON seal_seal (owner_kind, owner_id, id);
CREATE INDEX seal_seal_path ON seal_seal (owner_path, id);
CREATE INDEX seal_seal_review ON seal_seal (review_path, id) WHERE state IN ('applied', 'approved', 'making');

-- How a seal stood from an instant on: the register that is asked about the instant of a signature.
CREATE TABLE seal_standing (
	id      text      NOT NULL PRIMARY KEY,
	seal_id text      NOT NULL REFERENCES seal_seal (id),
	es_id   text      NOT NULL,
	state   text      NOT NULL CHECK (state IN ('in_use', 'suspended', 'ended')),
	ground  text      NOT NULL CHECK (ground IN ('made', 'lost', 'stopped', 'found', 'cancelled', 'changed')),
	from_at timestamp NOT NULL,
	set_by  text      NOT NULL
);
CREATE INDEX seal_standing_at ON seal_standing (es_id, from_at, id);
CREATE INDEX seal_standing_seal ON seal_standing (seal_id, id);

-- Who keeps a seal (管理员) and who may affix it (操作员). person is an account of an officer, a subject otherwise.
CREATE TABLE seal_holder (
	id       text      NOT NULL PRIMARY KEY,
	seal_id  text      NOT NULL REFERENCES seal_seal (id),
	person   text      NOT NULL,
	subject  text      NOT NULL, -- who is told
	name     bytea     NOT NULL, -- sealed
	role     text      NOT NULL CHECK (role IN ('manager', 'operator')),
	from_at  timestamp NOT NULL,
	until_at timestamp
);
CREATE UNIQUE INDEX seal_holder_now ON seal_holder (seal_id, person, role) WHERE until_at IS NULL;
CREATE INDEX seal_holder_person ON seal_holder (person, seal_id) WHERE until_at IS NULL;

-- Applications for use (用印申请): one document, to be sealed once.
CREATE TABLE seal_request (
	id         text      NOT NULL PRIMARY KEY,
	seal_id    text      NOT NULL REFERENCES seal_seal (id),
	digest     text      NOT NULL, -- SM3 of the document, hex
	title      bytea     NOT NULL, -- sealed
	reason     bytea,              -- sealed
	state      text      NOT NULL CHECK (state IN ('waiting', 'approved', 'refused')),
	asked_by   text      NOT NULL,
	asker      text      NOT NULL, -- subject who is told
	asked_at   timestamp NOT NULL,
	decided_by text      NOT NULL,
	decided_at timestamp
);
CREATE INDEX seal_request_waiting ON seal_request (seal_id, id) WHERE state = 'waiting';
CREATE INDEX seal_request_asked ON seal_request (asked_by, id);

-- Every use (用印记录), stored before anything is signed. A use has one signature, ever.
CREATE TABLE seal_use (
	id          text      NOT NULL PRIMARY KEY,
	seal_id     text      NOT NULL REFERENCES seal_seal (id),
	es_id       text      NOT NULL,
	business    text      NOT NULL CHECK (business IN ('case', 'certificate', 'request')),
	business_id text      NOT NULL,
	digest      text      NOT NULL, -- SM3 of what is sealed, hex
	property    text      NOT NULL, -- which part of the document that is
	client      text      NOT NULL, -- page, phone, api, job
	used_by     text      NOT NULL,
	state       text      NOT NULL CHECK (state IN ('prepared', 'affixed', 'stopped')),
	prepared_at timestamp NOT NULL,
	affixed_at  timestamp,
	to_sign     bytea     NOT NULL,
	signature   bytea,              -- DER of SES_Signature
	UNIQUE (seal_id, business, business_id, digest, property)
);
CREATE INDEX seal_use_log ON seal_use (seal_id, id);

-- Certificates of the keys: those the built-in authority issued, or that came from one outside.
CREATE TABLE seal_certificate (
	id         text      NOT NULL PRIMARY KEY,
	label      text      NOT NULL UNIQUE, -- of the key: root, maker, timestamp, seal:ID
	serial     text      NOT NULL,
	der        bytea     NOT NULL,
	issued_at  timestamp NOT NULL,
	revoked_at timestamp,
	reason     integer   NOT NULL -- RFC 5280, 5.3.1; 0 while it is not revoked
);
CREATE INDEX seal_certificate_serial ON seal_certificate (serial);
CREATE INDEX seal_certificate_revoked ON seal_certificate (revoked_at) WHERE revoked_at IS NOT NULL;

-- The last number given in a county: without gaps.
CREATE TABLE seal_number (
	region text   NOT NULL PRIMARY KEY,
	last   bigint NOT NULL
);

-- +goose Up

-- What presenting needs besides: part is the sealed proof of the fields the holder chose, none when all is shown. A code that comes a second time is
-- counted, for its holder to see.
ALTER TABLE cert_presentation ADD COLUMN part bytea;
ALTER TABLE cert_presentation ADD COLUMN replays bigint NOT NULL DEFAULT 0;
ALTER TABLE cert_presentation ADD COLUMN replayed_at timestamp;

-- The table of verifications again, with more ways, who verified and what for: neither engine widens a CHECK in place alike.
CREATE TABLE cert_verification_wider (
	id            text      NOT NULL PRIMARY KEY,
	cert_id       text      NOT NULL REFERENCES cert_cert (id),
	way           text      NOT NULL CHECK (way IN ('identifier', 'token', 'file', 'grant', 'copy')),
	valid         boolean   NOT NULL,
	post          text      NOT NULL,              -- of an officer: office and role; '' for anybody else
	verifier      text      NOT NULL DEFAULT '',   -- officer, company, person; '' for a stranger
	who           text      NOT NULL DEFAULT '',   -- as the holder may read it: a company's name, a person's masked
	purpose       text      NOT NULL DEFAULT '',   -- a key of cert.Purposes; '' where none was asked
	part          boolean   NOT NULL DEFAULT false, -- only fields the holder chose were shown
	grant_id      text      NOT NULL DEFAULT '',   -- the grant it was done under
	complaint     bytea,                           -- sealed: what the holder says of it
	complained_at timestamp,
	at            timestamp NOT NULL
);
INSERT INTO cert_verification_wider (id, cert_id, way, valid, post, at) SELECT id, cert_id, way, valid, post, at FROM cert_verification;
DROP TABLE cert_verification;
ALTER TABLE cert_verification_wider RENAME TO cert_verification;
CREATE INDEX cert_verification_of ON cert_verification (cert_id, id);
CREATE INDEX cert_verification_grant ON cert_verification (grant_id, id) WHERE grant_id <> '';
CREATE INDEX cert_verification_complaint ON cert_verification (complained_at, id) WHERE complained_at IS NOT NULL;

-- A holder lets an office, a company or a person use a certificate for one purpose until a day (用证授权).
CREATE TABLE cert_grant (
	id           text      NOT NULL PRIMARY KEY,
	cert_id      text      NOT NULL REFERENCES cert_cert (id),
	grantee_kind text      NOT NULL CHECK (grantee_kind IN ('office', 'company', 'person')),
	grantee      text      NOT NULL, -- an office's path, or account's subject
	grantee_name text      NOT NULL, -- as the holder may read it
	purpose      text      NOT NULL,
	until_on     text      NOT NULL, -- the last day
	made_at      timestamp NOT NULL,
	made_by      text      NOT NULL,
	ended_at     timestamp
);
CREATE INDEX cert_grant_cert ON cert_grant (cert_id, id);
CREATE INDEX cert_grant_grantee ON cert_grant (grantee, id) WHERE ended_at IS NULL;

-- A copy that says for what, for whom and until when it is good (加注件). The file can be made again from the certificate and this row.
CREATE TABLE cert_copy (
	id        text      NOT NULL PRIMARY KEY,
	number    text      NOT NULL UNIQUE, -- random: nobody counts through them
	cert_id   text      NOT NULL REFERENCES cert_cert (id),
	matter    text      NOT NULL, -- what it may be used for
	recipient text      NOT NULL, -- who may use it
	until_on  text      NOT NULL,
	record    bytea     NOT NULL, -- sealed: what is signed and stands in the file
	content   bytea     NOT NULL, -- sealed: the file
	made_at   timestamp NOT NULL,
	ended_at  timestamp
);
CREATE INDEX cert_copy_cert ON cert_copy (cert_id, id);

-- Codes that are checked without a network. The list of those that no longer hold is made from these rows.
CREATE TABLE cert_offline (
	serial     bytea     NOT NULL PRIMARY KEY, -- eight random bytes
	cert_id    text      NOT NULL REFERENCES cert_cert (id),
	made_at    timestamp NOT NULL,
	expires_at timestamp NOT NULL,
	ended_at   timestamp -- the holder recalled it
);
CREATE INDEX cert_offline_cert ON cert_offline (cert_id, expires_at);
CREATE INDEX cert_offline_expires ON cert_offline (expires_at);

-- Certificates whose holders everybody may look up by law, as lawyers are (律师法): what the register shows of them.
CREATE TABLE cert_public (
	cert_id  text NOT NULL PRIMARY KEY REFERENCES cert_cert (id),
	type_key text NOT NULL,
	name     text NOT NULL, -- the holder's, whole
	number   text NOT NULL, -- the certificate's
	unit     text NOT NULL  -- where the holder practises
);
CREATE INDEX cert_public_name ON cert_public (type_key, name, cert_id);
CREATE INDEX cert_public_number ON cert_public (type_key, number, cert_id);

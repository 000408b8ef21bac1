-- +goose Up

-- The seal that both documents of a certificate bear, and the instant they say: stored before anything is signed. '' and none where the office had no seal
-- in use.
ALTER TABLE cert_cert ADD COLUMN seal_id text NOT NULL DEFAULT '';
ALTER TABLE cert_cert ADD COLUMN sealed_at timestamp;

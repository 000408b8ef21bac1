-- +goose Up

-- The seals of the offices that issue a certificate together with the one that decides (联合发证), their ids with spaces between, in the order they stand on the
-- documents. '' for a certificate of one office alone.
ALTER TABLE cert_cert ADD COLUMN joint_seals text NOT NULL DEFAULT '';

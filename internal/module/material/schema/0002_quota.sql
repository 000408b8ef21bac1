-- +goose Up
-- What an account uploaded on the last day it uploaded anything, refused files included: they cost as much.
CREATE TABLE material_quota (
	account_id text PRIMARY KEY, -- of account
	day text NOT NULL,
	files bigint NOT NULL,
	bytes bigint NOT NULL
);
CREATE INDEX material_quota_day ON material_quota (day);

-- What waits to be used is counted by account.
CREATE INDEX material_file_waiting ON material_file (account_id) WHERE NOT used;

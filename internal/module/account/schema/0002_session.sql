-- +goose Up
-- epoch is in every session of the account: raising it ends them all. must_change asks for a new password before anything else.
ALTER TABLE account_account ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE account_account ADD COLUMN must_change boolean NOT NULL DEFAULT false;

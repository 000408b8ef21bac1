-- +goose Up
-- The last role of the three granted to an account (三员分立): one row an account, so that grants to it come one after the other.
CREATE TABLE office_administrator (
	account_id text PRIMARY KEY, -- of account
	role text NOT NULL CHECK (role IN ('admin', 'security', 'auditor'))
);

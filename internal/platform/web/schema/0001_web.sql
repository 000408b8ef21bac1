-- +goose Up
CREATE TABLE web_session (
	token_hash text PRIMARY KEY,
	data bytea NOT NULL,
	expires_at timestamp NOT NULL
);
CREATE INDEX web_session_expires ON web_session (expires_at);

-- +goose Up
CREATE TABLE once_answer (
	actor text NOT NULL,
	request_key text NOT NULL,
	digest text NOT NULL,
	answer text NOT NULL,
	made_at timestamp NOT NULL,
	PRIMARY KEY (actor, request_key)
);
CREATE INDEX once_answer_made ON once_answer (made_at);

-- +goose Up
CREATE TABLE notice_message (
	id text PRIMARY KEY,
	subject_id text NOT NULL, -- of account
	message_key text NOT NULL,
	args text NOT NULL,
	link text NOT NULL,
	sent_at timestamp NOT NULL,
	read_at timestamp
);
CREATE INDEX notice_message_subject ON notice_message (subject_id, id);
CREATE INDEX notice_message_unread ON notice_message (subject_id) WHERE read_at IS NULL;

-- +goose Up

-- Which parts of the demo province were loaded, by the digest of what they were loaded from: a second start loads nothing again.
CREATE TABLE demo_part (
	name      text      NOT NULL PRIMARY KEY,
	digest    text      NOT NULL,
	loaded_at timestamp NOT NULL
);

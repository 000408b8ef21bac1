-- +goose Up

-- What the applicant of an ended case thinks of how it was handled: once a case, never by default. words is sealed.
CREATE TABLE rating_rating (
	id          text      NOT NULL PRIMARY KEY,
	case_id     text      NOT NULL UNIQUE, -- of casefile
	case_number text      NOT NULL,
	subject_id  text      NOT NULL, -- the applicant, of account; never shown to the office
	grade       text      NOT NULL CHECK (grade IN ('very_satisfied', 'satisfied', 'fairly_satisfied', 'dissatisfied', 'very_dissatisfied')),
	labels      text      NOT NULL, -- official codes
	words       bytea,
	channel     text      NOT NULL CHECK (channel IN ('pc', 'mobile', 'qr_code', 'tablet', 'terminal', 'sms')),
	office_path text      NOT NULL,
	office_name text      NOT NULL,
	base_code   text      NOT NULL,
	given_at    timestamp NOT NULL
);

-- What the rated office owes for a bad rating. answer is sealed.
CREATE TABLE rating_rectification (
	id          text      NOT NULL PRIMARY KEY, -- random: the office sees it, and a UUIDv7 would tell when the rating was given
	rating_id   text      NOT NULL UNIQUE REFERENCES rating_rating (id),
	office_path text      NOT NULL,
	state       text      NOT NULL CHECK (state IN ('opened', 'claimed', 'answered')),
	opened_on   text      NOT NULL, -- dates only: the hour of a rating would tell who gave it
	claim_due   text      NOT NULL,
	verify_due  text      NOT NULL,
	answer_due  text      NOT NULL,
	claimed_at  timestamp,
	claimed_by  text      NOT NULL,
	answered_at timestamp,
	answered_by text      NOT NULL,
	answer      bytea
);
CREATE INDEX rating_rectification_waiting ON rating_rectification (office_path, answer_due, id) WHERE state <> 'answered';
CREATE INDEX rating_rectification_answered ON rating_rectification (office_path, answer_due, id) WHERE state = 'answered';

-- The public figures: one row an office, moved with each rating.
CREATE TABLE rating_count (
	office_path       text   NOT NULL PRIMARY KEY,
	office_name       text   NOT NULL,
	very_satisfied    bigint NOT NULL,
	satisfied         bigint NOT NULL,
	fairly_satisfied  bigint NOT NULL,
	dissatisfied      bigint NOT NULL,
	very_dissatisfied bigint NOT NULL,
	answered          bigint NOT NULL -- of the bad ones
);

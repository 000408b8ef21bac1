-- +goose Up

-- One version of a power (职权), from a first day on. Versions never change; the one in force on a day is the last whose first day has come.
-- name, kind, department and levels are in the definition too: they stand here to be looked for.
CREATE TABLE power_version (
	id            text      NOT NULL PRIMARY KEY,
	code          text      NOT NULL,
	version       bigint    NOT NULL CHECK (version > 0),
	change        text      NOT NULL CHECK (change IN ('adopt', 'amend', 'suspend', 'resume', 'abolish')),
	state         text      NOT NULL CHECK (state IN ('in_force', 'suspended', 'abolished')),
	from_on       text      NOT NULL,
	reason        text      NOT NULL,
	digest        text      NOT NULL,
	name          text      NOT NULL,
	kind          text      NOT NULL,
	department    text      NOT NULL,
	levels        text      NOT NULL, -- digits, one a level: "34"
	definition    text      NOT NULL,
	adjustment_id text      NOT NULL, -- "" for what was there when the list was first loaded
	published_at  timestamp NOT NULL,
	published_by  text      NOT NULL,
	UNIQUE (code, version)
);

-- An adjustment of the list (清单调整). version counts its moves: every use case compares and sets it.
CREATE TABLE power_adjustment (
	id           text      NOT NULL PRIMARY KEY,
	code         text      NOT NULL,
	change       text      NOT NULL CHECK (change IN ('adopt', 'amend', 'suspend', 'resume', 'abolish')),
	occasion     text      NOT NULL CHECK (occasion IN ('law', 'state_council', 'reform', 'practice')),
	stage        text      NOT NULL CHECK (stage IN ('proposed', 'returned', 'examined', 'approved', 'published', 'withdrawn')),
	version      bigint    NOT NULL,
	round        bigint    NOT NULL,
	base_version bigint    NOT NULL, -- of the power, 0 for one to be adopted
	reason       text      NOT NULL,
	document     text      NOT NULL, -- which law or decision brought it up
	from_on      text      NOT NULL, -- the first day: as proposed, then as published
	name         text      NOT NULL,
	definition   text      NOT NULL,
	office_path  text      NOT NULL, -- of the department whose power it is
	proposed_at  timestamp NOT NULL,
	moved_at     timestamp NOT NULL
);
-- A power has one open adjustment at most.
CREATE UNIQUE INDEX power_adjustment_open ON power_adjustment (code) WHERE stage NOT IN ('published', 'withdrawn');

-- What each step of an adjustment was, for ever. by_person is the natural person, so that two accounts are not two persons.
CREATE TABLE power_step (
	id            text      NOT NULL PRIMARY KEY,
	adjustment_id text      NOT NULL REFERENCES power_adjustment (id),
	round         bigint    NOT NULL,
	act           text      NOT NULL CHECK (act IN ('propose', 'resubmit', 'establish', 'legality', 'approve', 'publish', 'withdraw')),
	agrees        boolean   NOT NULL,
	said          text      NOT NULL,
	by_person     text      NOT NULL,
	by_account    text      NOT NULL,
	by_post       text      NOT NULL,
	at            timestamp NOT NULL
);
-- Nobody acts twice in one round, and each act is done once.
CREATE UNIQUE INDEX power_step_act ON power_step (adjustment_id, round, act);
CREATE UNIQUE INDEX power_step_person ON power_step (adjustment_id, round, by_person) WHERE act IN ('propose', 'resubmit', 'establish', 'legality', 'approve');

-- +goose Up

-- Days on which a region works or rests otherwise than the country (地方放假、补休、调班). A row is never changed but for its state: what is corrected is
-- replaced by another, so that it can be told what stood when.
CREATE TABLE office_local_day (
	id          text      NOT NULL PRIMARY KEY,
	region      text      NOT NULL, -- digits a region's code begins with: everything within keeps the day
	day         text      NOT NULL, -- the date, or month and day of what returns each year
	on_date     text      NOT NULL, -- the date, or the first one of what returns each year
	yearly      boolean   NOT NULL,
	meaning     text      NOT NULL CHECK (meaning IN ('off', 'work', 'plain')), -- plain: as the country does, what stood before is lifted
	name        text      NOT NULL,
	source      text      NOT NULL, -- the document that says so
	state       text      NOT NULL CHECK (state IN ('doubtful', 'waiting', 'in_force', 'replaced', 'returned')),
	proposed_by text      NOT NULL, -- account
	subject     text      NOT NULL, -- the person behind it
	proposed_at timestamp NOT NULL,
	decided_by  text      NOT NULL DEFAULT '',
	decided_at  timestamp,
	CHECK (NOT yearly OR meaning <> 'work')
);
CREATE UNIQUE INDEX office_local_day_in_force ON office_local_day (region, day) WHERE state = 'in_force';
CREATE UNIQUE INDEX office_local_day_waiting ON office_local_day (region, day) WHERE state = 'waiting';

-- An office that was dissolved stays as it was, for history; successor is the path of the one that took over its duties.
ALTER TABLE office_office ADD COLUMN successor text NOT NULL DEFAULT '';
ALTER TABLE office_office ADD COLUMN ended_at timestamp;
CREATE INDEX office_office_successor ON office_office (successor) WHERE successor <> '';

-- A merger (机构撤并): proposed by one administrator, decided by another, then done in portions.
CREATE TABLE office_merger (
	id          text      NOT NULL PRIMARY KEY,
	from_path   text      NOT NULL,
	from_name   text      NOT NULL,
	into_path   text      NOT NULL,
	into_name   text      NOT NULL,
	document    text      NOT NULL, -- number of the decision
	posts       text      NOT NULL CHECK (posts IN ('move', 'end')),
	state       text      NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'returned', 'withdrawn')),
	proposed_by text      NOT NULL, -- account
	subject     text      NOT NULL, -- the person behind it
	proposed_at timestamp NOT NULL,
	decided_by  text      NOT NULL DEFAULT '',
	decided_at  timestamp,
	reason      text      NOT NULL DEFAULT '', -- why it was returned
	round       bigint    NOT NULL DEFAULT 0,  -- how often everything was gone through
	finished_at timestamp
);
CREATE UNIQUE INDEX office_merger_open ON office_merger (from_path) WHERE state IN ('waiting', 'running');
CREATE INDEX office_merger_from ON office_merger (from_path, id);
CREATE INDEX office_merger_into ON office_merger (into_path, id);

-- What hung on the office when it was approved.
CREATE TABLE office_merger_part (
	merger_id text   NOT NULL REFERENCES office_merger (id),
	kind      text   NOT NULL,
	place     bigint NOT NULL, -- order on the page
	found     bigint NOT NULL,
	moves     boolean NOT NULL, -- by itself
	PRIMARY KEY (merger_id, kind)
);

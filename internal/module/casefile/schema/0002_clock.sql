-- +goose Up

-- The ledger of the clock: all time from acceptance on is running or excluded, and what passes before is waiting. An interval is (from_on, until_on]:
-- the day it begins is not its own. None stops a clock without a document and a basis.
ALTER TABLE casefile_interval ADD COLUMN part text NOT NULL DEFAULT 'excluded' CHECK (part IN ('running', 'excluded', 'waiting'));
ALTER TABLE casefile_interval ADD COLUMN follows boolean NOT NULL DEFAULT false;  -- a further notice of the procedure before it: begins when the time announced there ends
ALTER TABLE casefile_interval ADD COLUMN limit_on text;                           -- last day that is left out as announced; none for running and waiting
ALTER TABLE casefile_interval ADD COLUMN calendar text NOT NULL DEFAULT '' CHECK (part <> 'excluded' OR days > 0);
ALTER TABLE casefile_interval ADD COLUMN leaf text NOT NULL DEFAULT '' CHECK (part = 'running' OR (paper <> '' AND basis <> '')); -- id of the log's leaf that began it
UPDATE casefile_interval SET part = 'waiting' WHERE kind = 'correction';
CREATE INDEX casefile_interval_open ON casefile_interval (case_id) WHERE until_on IS NULL AND part = 'excluded';

ALTER TABLE casefile_case ADD COLUMN calendar text NOT NULL DEFAULT '';  -- version of the calendar its dates were counted with
ALTER TABLE casefile_case ADD COLUMN yellow_on text;                     -- first day of warning; none while the clock has not begun, stands still or is done
ALTER TABLE casefile_case ADD COLUMN red_on text;                        -- first day too late
ALTER TABLE casefile_case ADD COLUMN used_days bigint NOT NULL DEFAULT 0; -- working days the decision took
ALTER TABLE casefile_case ADD COLUMN paced boolean NOT NULL DEFAULT false; -- counted in casefile_pace
CREATE INDEX casefile_case_warned ON casefile_case (yellow_on, id) WHERE yellow_on IS NOT NULL;
CREATE INDEX casefile_case_unmarked ON casefile_case (id) WHERE state = 'accepted' AND yellow_on IS NULL;

-- Calendars that dates were counted with, as they were then.
CREATE TABLE casefile_calendar (
	version text      NOT NULL PRIMARY KEY,
	content text      NOT NULL,
	at      timestamp NOT NULL
);

-- When a clock turns yellow: a condition over left and limit, the most special first: base item before kind of item, long region before short.
CREATE TABLE casefile_warning (
	base_code text      NOT NULL, -- '' any
	item_kind text      NOT NULL, -- '' any
	region    text      NOT NULL, -- prefix of the region's code; '' the province
	yellow    text      NOT NULL CHECK (yellow <> ''),
	source    text      NOT NULL,
	at        timestamp NOT NULL,
	PRIMARY KEY (base_code, item_kind, region)
);

-- How many written notices one special procedure may have: the first and its prolongations. kind '' is every other.
CREATE TABLE casefile_procedure (
	kind    text   NOT NULL PRIMARY KEY,
	notices bigint NOT NULL CHECK (notices >= 1),
	basis   text   NOT NULL
);
INSERT INTO casefile_procedure (kind, notices, basis) VALUES
	('', 2, '《中华人民共和国行政许可法》第四十五条：所需时间书面告知申请人'),
	('hearing', 1, '《中华人民共和国行政许可法》第四十七条：二十日内组织听证'),
	('publicity', 1, '公示期由规定载明');

-- What moved the dates of open cases: a notice of holidays that came or was corrected, a rule of warning.
CREATE TABLE casefile_change (
	id          text      NOT NULL PRIMARY KEY,
	cause       text      NOT NULL CHECK (cause IN ('calendar', 'warning')),
	what        text      NOT NULL, -- the notice's year; the rule's scope
	at          timestamp NOT NULL,
	after_id    text      NOT NULL, -- cases up to this key are done
	round       bigint    NOT NULL,
	seen        bigint    NOT NULL,
	moved       bigint    NOT NULL,
	finished_at timestamp
);

CREATE TABLE casefile_change_case (
	change_id      text NOT NULL REFERENCES casefile_change (id),
	case_id        text NOT NULL REFERENCES casefile_case (id),
	number         text NOT NULL,
	item_name      text NOT NULL,
	office_path    text NOT NULL,
	base_code      text NOT NULL,
	what           text NOT NULL CHECK (what IN ('due', 'reply', 'procedure')), -- which date: of the decision, of the answer, of the end of a special procedure
	before_on      text NOT NULL,
	after_on       text NOT NULL,
	legal_before   text,
	legal_after    text,
	PRIMARY KEY (change_id, case_id)
);

-- How many working days decisions took: a histogram for each office and base item.
CREATE TABLE casefile_pace (
	office_path text   NOT NULL,
	base_code   text   NOT NULL,
	days        bigint NOT NULL,
	cases       bigint NOT NULL,
	PRIMARY KEY (office_path, base_code, days)
);
CREATE INDEX casefile_pace_item ON casefile_pace (base_code, office_path, days);

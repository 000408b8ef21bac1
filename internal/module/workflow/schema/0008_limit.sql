-- +goose Up
-- A task with a limit of its own knows how many working days it may take and since which day, so that it moves when its calendar is corrected and rests
-- while the clock of its subject stands. What was opened before keeps the day it has.
ALTER TABLE workflow_task ADD COLUMN limited boolean NOT NULL DEFAULT false;
ALTER TABLE workflow_task ADD COLUMN limit_days integer NOT NULL DEFAULT 0;
ALTER TABLE workflow_task ADD COLUMN counted_on text NOT NULL DEFAULT ''; -- '' while the clock stands: limit_days is what is left then
CREATE INDEX workflow_task_limited ON workflow_task (id) WHERE limited AND state = 'open';

-- Tasks a correction of calendars moved.
CREATE TABLE workflow_task_move (
	change_id text NOT NULL, -- of whoever noticed the correction
	task_id text NOT NULL,
	subject text NOT NULL,
	number text NOT NULL,
	title text NOT NULL,
	name text NOT NULL,
	office_path text NOT NULL,
	before_on text NOT NULL,
	after_on text NOT NULL,
	PRIMARY KEY (change_id, task_id)
);

-- +goose Up
-- A timer that counts working days knows from which day and in whose calendar, so that it moves when that calendar is corrected.
ALTER TABLE workflow_timer ADD COLUMN workdays integer NOT NULL DEFAULT 0; -- 0 of every other timer
ALTER TABLE workflow_timer ADD COLUMN set_on text NOT NULL DEFAULT '';
ALTER TABLE workflow_timer ADD COLUMN region text NOT NULL DEFAULT '';
CREATE INDEX workflow_timer_counted ON workflow_timer (id) WHERE workdays > 0;

-- Timers a correction of calendars moved.
CREATE TABLE workflow_timer_move (
	change_id text NOT NULL, -- of whoever noticed the correction
	timer_id text NOT NULL,
	subject text NOT NULL,
	number text NOT NULL,
	title text NOT NULL,
	name text NOT NULL, -- of the event
	office_path text NOT NULL,
	before_at timestamp NOT NULL,
	after_at timestamp NOT NULL,
	PRIMARY KEY (change_id, timer_id)
);

-- +goose Up
-- A timer that counts working days knows from which day and in whose calendar, so that it moves when that calendar is corrected.
ALTER TABLE workflow_timer ADD COLUMN workdays integer NOT NULL DEFAULT 0; -- 0 of every other timer
ALTER TABLE workflow_timer ADD COLUMN set_on text NOT NULL DEFAULT '';
ALTER TABLE workflow_timer ADD COLUMN region text NOT NULL DEFAULT '';

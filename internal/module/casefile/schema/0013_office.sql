-- +goose Up
-- What an office has not closed is counted and moved when it is dissolved, however much it closed in its years.
CREATE INDEX casefile_case_open_office ON casefile_case (office_path, id) WHERE closed_at IS NULL;
CREATE INDEX casefile_case_open_centre ON casefile_case (centre_path, id) WHERE closed_at IS NULL;

-- +goose Up
-- Cases that are not decided, by their item: how many stand under the versions a publication or an end is about.
CREATE INDEX casefile_case_running ON casefile_case (base_code, item_code) WHERE outcome = '';

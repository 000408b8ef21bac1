-- +goose Up
-- Which contents of the store are named is asked before any is removed.
CREATE INDEX material_file_content ON material_file (sha256);

-- +goose Up
-- A file handed in again, be it the thousandth time, finds the lowest grade it had at one look.
CREATE INDEX material_document_file ON material_document (file_id, subject_id, grade);

-- +goose Up

-- The certificates between one for PDF and the root of the authority outside that gave it, as PEM: readers of PDF find them in the signature. Null for none.
ALTER TABLE seal_certificate ADD COLUMN chain bytea;

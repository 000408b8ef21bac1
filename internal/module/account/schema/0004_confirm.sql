-- +goose Up

-- A guardianship gives power over another's affairs: it is in force once a second officer has confirmed what the first wrote down.
ALTER TABLE account_guardian ADD COLUMN confirmed_at timestamp;
ALTER TABLE account_guardian ADD COLUMN confirmed_by text;

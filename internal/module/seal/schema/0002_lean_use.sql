-- +goose Up

-- A signature holds the whole seal, picture and all, which stands with the seal already: a use keeps the rest and where the seal goes. 0 when the
-- signature is kept as it is. What was signed stands in the signature: to_sign is empty once it is affixed.
ALTER TABLE seal_use ADD COLUMN seal_at bigint NOT NULL DEFAULT 0;

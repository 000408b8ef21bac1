-- +goose Up

-- How often one case may have a special procedure of a kind before the head of the office must approve it once more. A kind whose legal basis has it held
-- several times gets a row of its own.
ALTER TABLE casefile_procedure ADD COLUMN times bigint NOT NULL DEFAULT 1 CHECK (times >= 1);

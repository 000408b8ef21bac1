-- +goose Up

-- The list of inspection items as a whole: who replaces it takes this row first, so that two who do it at once do it one after the other.
CREATE TABLE power_inspection_list (
	id    bigint NOT NULL PRIMARY KEY CHECK (id = 1),
	loads bigint NOT NULL
);
INSERT INTO power_inspection_list (id, loads) VALUES (1, 0);

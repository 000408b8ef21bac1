-- +goose Up

-- The list of inspection items (检查事项) as the offices keep it elsewhere: facts to compare the list of powers with. It is replaced as a whole.
CREATE TABLE power_inspection (
	code       text NOT NULL PRIMARY KEY,
	name       text NOT NULL,
	power_code text NOT NULL,
	office     text NOT NULL -- its name: who inspects
);
CREATE INDEX power_inspection_power ON power_inspection (power_code, code);

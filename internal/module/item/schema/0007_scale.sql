-- +goose Up
-- The offices of one item by region: a page of any region of the province is a range of this index, however many offices there are.
CREATE INDEX item_entry_place ON item_entry (base_code, region, code);
DROP INDEX item_entry_base;

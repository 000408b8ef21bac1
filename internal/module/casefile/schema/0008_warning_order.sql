-- +goose Up

-- That a rule of warning shall hold from a day on (预警规则的调整). Until then the rule of before holds; begun_at is when this one took its place.
CREATE TABLE casefile_warning_order (
	id        text      NOT NULL PRIMARY KEY,
	base_code text      NOT NULL,
	item_kind text      NOT NULL,
	region    text      NOT NULL,
	yellow    text      NOT NULL,
	source    text      NOT NULL,
	from_on   text      NOT NULL,
	set_by    text      NOT NULL, -- account
	set_at    timestamp NOT NULL,
	begun_at  timestamp
);
CREATE INDEX casefile_warning_order_due ON casefile_warning_order (from_on, id) WHERE begun_at IS NULL;

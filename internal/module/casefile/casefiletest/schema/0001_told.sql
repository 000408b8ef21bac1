-- +goose Up

-- What cases told others in tests: rolled back together with the step that told it.
CREATE TABLE casefiletest_told (
	id      text NOT NULL PRIMARY KEY,
	sort    text NOT NULL, -- leaf, message, event
	name    text NOT NULL, -- kind of the leaf, key of the message, name of the event
	actor   text NOT NULL,
	subject text NOT NULL,
	object  text NOT NULL,
	basis   text NOT NULL,
	data    text NOT NULL
);
CREATE INDEX casefiletest_told_object ON casefiletest_told (sort, object);

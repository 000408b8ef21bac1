-- +goose Up

-- What happened to cases and is not counted yet: written in the transaction of the step, deleted in the one that counts it.
CREATE TABLE supervision_change (
	id      text      NOT NULL PRIMARY KEY,
	case_id text      NOT NULL,
	action  text      NOT NULL, -- of casefile; '' when only its dates moved
	staff   boolean   NOT NULL, -- an officer took it
	at      timestamp NOT NULL
);

-- Open cases as they are counted.
CREATE TABLE supervision_case (
	case_id     text NOT NULL PRIMARY KEY,
	number      text NOT NULL,
	item_name   text NOT NULL,
	base_code   text NOT NULL,
	office_path text NOT NULL,
	phase       text NOT NULL,
	day         text NOT NULL,
	warn_on     text
);
CREATE INDEX supervision_case_office ON supervision_case (office_path, phase, day, case_id);
CREATE INDEX supervision_case_number ON supervision_case (number);
CREATE INDEX supervision_case_late ON supervision_case (phase, day, case_id);

-- How many open cases are in a phase under a day, for an office and for each level above it.
CREATE TABLE supervision_open (
	path   text   NOT NULL,
	phase  text   NOT NULL,
	day    text   NOT NULL,
	parent text   NOT NULL, -- the level above; '' above the province
	cases  bigint NOT NULL,
	PRIMARY KEY (path, phase, day)
);
CREATE INDEX supervision_open_parent ON supervision_open (parent, path, phase, day);

-- How often something happened on a day.
CREATE TABLE supervision_flow (
	path    text   NOT NULL,
	day     text   NOT NULL,
	measure text   NOT NULL,
	parent  text   NOT NULL,
	times   bigint NOT NULL,
	PRIMARY KEY (path, day, measure)
);
CREATE INDEX supervision_flow_parent ON supervision_flow (parent, day, path, measure);

-- Held by whoever counts: two who count at once would both take a case from where it stood.
CREATE TABLE supervision_fold (
	id    bigint NOT NULL PRIMARY KEY,
	round bigint NOT NULL
);
INSERT INTO supervision_fold (id, round) VALUES (1, 0);

-- The rules, as data: they differ by province and change with notices.
CREATE TABLE supervision_rule (
	name   text   NOT NULL PRIMARY KEY,
	value  bigint NOT NULL,
	source text   NOT NULL
);
INSERT INTO supervision_rule (name, value, source) VALUES
	('suspended_days', 60, '特别程序超过六十日未恢复，提示核查'),
	('deliver_days', 10, '《中华人民共和国行政许可法》第四十四条：自作出决定之日起十日内颁发、送达'),
	('late_hour', 22, '22时以后的操作提示核查'),
	('early_hour', 6, '6时以前的操作提示核查'),
	('upload_days', 5, '窗口上传材料五日后才提交，提示体外循环核查'),
	('yellow_answer_days', 3, '黄牌三个工作日内答复'),
	('red_answer_days', 1, '红牌一个工作日内答复');

-- Cards (黄牌、红牌、督办). said and answer are about work, never about applicants.
CREATE TABLE supervision_card (
	id          text      NOT NULL PRIMARY KEY,
	kind        text      NOT NULL CHECK (kind IN ('yellow', 'red', 'reminder')),
	case_id     text      NOT NULL,
	number      text      NOT NULL,
	item_name   text      NOT NULL,
	base_code   text      NOT NULL,
	office_path text      NOT NULL,
	state       text      NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
	cause       text      NOT NULL, -- overdue, reply_overdue, or what a supervisor wrote
	said        text      NOT NULL,
	answer      text      NOT NULL,
	rounds      bigint    NOT NULL, -- how often it was returned
	issued_by   text      NOT NULL,
	issued_at   timestamp NOT NULL,
	answer_due  text      NOT NULL,
	answered_at timestamp,
	answered_by text      NOT NULL,
	answerer    text      NOT NULL, -- the person, whatever the account
	closed_at   timestamp,
	version     bigint    NOT NULL
);
CREATE UNIQUE INDEX supervision_card_once ON supervision_card (case_id, kind, cause);
CREATE INDEX supervision_card_office ON supervision_card (office_path, state, id);

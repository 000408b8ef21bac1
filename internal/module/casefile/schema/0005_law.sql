-- +goose Up

-- What the applicant promised to bring later (容缺受理), one row a material. It is told before the day, and the office after it.
CREATE TABLE casefile_gap (
	case_id     text      NOT NULL REFERENCES casefile_case (id),
	code        text      NOT NULL,
	name        text      NOT NULL,
	due_on      text      NOT NULL, -- last day
	remind_on   text      NOT NULL, -- from this day on the applicant is asked for it in writing
	reminded_at timestamp,
	overdue_at  timestamp,          -- when the office was told that it did not come
	brought_at  timestamp,
	PRIMARY KEY (case_id, code)
);
CREATE INDEX casefile_gap_remind ON casefile_gap (remind_on, case_id) WHERE brought_at IS NULL AND reminded_at IS NULL;
CREATE INDEX casefile_gap_due ON casefile_gap (due_on, case_id) WHERE brought_at IS NULL AND overdue_at IS NULL;
INSERT INTO casefile_gap (case_id, code, name, due_on, remind_on, brought_at)
SELECT m.case_id, m.code, max(m.name), max(m.due_on), max(m.due_on),
	(SELECT n.at FROM casefile_material n WHERE n.case_id = m.case_id AND n.code = m.code AND n.due_on = '' ORDER BY n.id DESC LIMIT 1)
FROM casefile_material m WHERE m.due_on <> '' GROUP BY m.case_id, m.code;

-- Whether a decision and its certificate wait for what is missing, and how many days before the last one the applicant is asked for it. base_code '' is every other item.
CREATE TABLE casefile_gap_rule (
	base_code   text    NOT NULL PRIMARY KEY,
	holds       boolean NOT NULL,
	remind_days bigint  NOT NULL CHECK (remind_days >= 0),
	basis       text    NOT NULL
);
INSERT INTO casefile_gap_rule (base_code, holds, remind_days, basis) VALUES ('', true, 2, '容缺受理：材料在承诺期限内补齐后出具办理结果');

-- Within how many working days of the decision what was pledged is checked (事后核查).
CREATE TABLE casefile_inspection_rule (
	base_code text   NOT NULL PRIMARY KEY,
	days      bigint NOT NULL CHECK (days >= 1),
	basis     text   NOT NULL
);
INSERT INTO casefile_inspection_rule (base_code, days, basis) VALUES ('', 40, '国办发〔2020〕42号：加强事中事后核查；作出决定后两个月内核查');

CREATE TABLE casefile_inspection (
	case_id text      NOT NULL PRIMARY KEY REFERENCES casefile_case (id),
	due_on  text      NOT NULL,
	done_at timestamp,
	honest  boolean             -- none while it was not checked
);

-- How many working days a limit may be lengthened by, once: by the head of the office, and where several handle the case together by the head of the people's government.
CREATE TABLE casefile_extension_rule (
	joint boolean NOT NULL PRIMARY KEY,
	days  bigint  NOT NULL CHECK (days >= 1),
	basis text    NOT NULL
);
INSERT INTO casefile_extension_rule (joint, days, basis) VALUES
	(false, 10, '《中华人民共和国行政许可法》第四十二条第一款'),
	(true, 15, '《中华人民共和国行政许可法》第四十二条第二款');

-- How what was granted came to an end. Never changed.
CREATE TABLE casefile_ending (
	case_id text      NOT NULL REFERENCES casefile_case (id),
	kind    text      NOT NULL CHECK (kind IN ('annulled', 'cancelled')),
	ground  text      NOT NULL,
	paper   text      NOT NULL,
	at      timestamp NOT NULL,
	PRIMARY KEY (case_id, kind)
);

-- What an application for renewal renews. An office that has not decided when it expires has granted the renewal (行政许可法第五十条第二款).
CREATE TABLE casefile_renewal (
	case_id     text    NOT NULL PRIMARY KEY REFERENCES casefile_case (id),
	certificate text    NOT NULL,
	expires_on  text    NOT NULL,
	in_time     boolean NOT NULL, -- asked for thirty days before
	settled_at  timestamp         -- nothing is to be done any more
);
CREATE INDEX casefile_renewal_due ON casefile_renewal (expires_on, case_id) WHERE settled_at IS NULL;

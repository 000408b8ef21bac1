-- +goose Up

-- The hearing of a case (听证, 行政许可法第四十六条至第四十八条): told of, asked for, called, recorded, confirmed. One a case.
CREATE TABLE casefile_hearing (
	case_id      text NOT NULL PRIMARY KEY REFERENCES casefile_case (id),
	state        text NOT NULL CHECK (state IN ('offered', 'lapsed', 'asked', 'called', 'recorded', 'confirmed')),
	offered_on   text NOT NULL,
	notice       text NOT NULL, -- number of the document that told of the right
	asked_on     text,
	held_on      text,
	held_at      text NOT NULL DEFAULT '', -- HH:MM
	place        text NOT NULL DEFAULT '',
	closed       boolean NOT NULL DEFAULT false, -- the public is kept out, for a reason the law names
	presider     text NOT NULL DEFAULT '', -- account
	presider_name text NOT NULL DEFAULT '',
	record       text NOT NULL DEFAULT '', -- number of the record
	refused      boolean NOT NULL DEFAULT false, -- a party would not confirm the record
	reminded_on  text
);
CREATE INDEX casefile_hearing_offered ON casefile_hearing (offered_on, case_id) WHERE state = 'offered';
CREATE INDEX casefile_hearing_asked ON casefile_hearing (asked_on, case_id) WHERE state IN ('asked', 'called') AND reminded_on IS NULL;
INSERT INTO casefile_hearing (case_id, state, offered_on, notice)
SELECT c.id, 'offered', p.issued_on, p.number FROM casefile_case c JOIN casefile_paper p ON p.case_id = c.id
WHERE c.closed_at IS NULL AND c.state IN ('accepted', 'suspended') AND p.kind = 'hearing'
	AND NOT EXISTS (SELECT 1 FROM casefile_paper q WHERE q.case_id = c.id AND q.kind = 'hearing' AND q.id > p.id);

-- What is made public before a decision (公示), as strangers read it: names are masked, nothing else is personal. It is shown from its first to its last day.
CREATE TABLE casefile_publicity (
	id         text NOT NULL PRIMARY KEY,
	case_id    text NOT NULL REFERENCES casefile_case (id),
	region     text NOT NULL,
	office     text NOT NULL,
	item       text NOT NULL,
	applicant  text NOT NULL, -- masked
	content    text NOT NULL,
	paper      text NOT NULL,
	from_on    text NOT NULL,
	until_on   text NOT NULL -- last day
);
CREATE INDEX casefile_publicity_shown ON casefile_publicity (until_on, id);
CREATE INDEX casefile_publicity_case ON casefile_publicity (case_id, id);

-- What somebody has to say against it (异议). Who he is and what he says is sealed.
CREATE TABLE casefile_objection (
	id           text      NOT NULL PRIMARY KEY,
	publicity_id text      NOT NULL REFERENCES casefile_publicity (id),
	case_id      text      NOT NULL REFERENCES casefile_case (id),
	account_id   text      NOT NULL DEFAULT '', -- of who was signed in
	subject_id   text      NOT NULL DEFAULT '', -- whom the reply is sent to
	content      bytea     NOT NULL, -- sealed: who, how he is reached, what he says
	at           timestamp NOT NULL,
	reply        bytea,              -- sealed
	replied_by   text      NOT NULL DEFAULT '',
	replied_at   timestamp
);
CREATE INDEX casefile_objection_publicity ON casefile_objection (publicity_id, id);
CREATE INDEX casefile_objection_open ON casefile_objection (case_id) WHERE replied_at IS NULL;

-- +goose Up

-- Numbers without gaps: one row a series, moved in the transaction that uses the number.
CREATE TABLE casefile_counter (
	series text   NOT NULL PRIMARY KEY, -- "case/220102031261124", "paper/长春市南关区市场监督管理局受字〔2026〕"
	value  bigint NOT NULL
);

-- An application that has not been handed in. content is sealed.
CREATE TABLE casefile_draft (
	id            text      NOT NULL PRIMARY KEY,
	account_id    text      NOT NULL,
	applicant_id  text      NOT NULL,
	item_code     text      NOT NULL,
	item_name     text      NOT NULL,
	received_path text      NOT NULL, -- of the office whose officer applies for somebody; '' for oneself
	content       bytea     NOT NULL,
	version       bigint    NOT NULL,
	updated_at    timestamp NOT NULL
);
CREATE INDEX casefile_draft_account ON casefile_draft (account_id, updated_at);
CREATE INDEX casefile_draft_age ON casefile_draft (updated_at);

CREATE TABLE casefile_case (
	id             text      NOT NULL PRIMARY KEY,
	number         text      NOT NULL UNIQUE,
	query_code     bytea     NOT NULL, -- sealed; with the number it shows a stranger how far the case is
	state          text      NOT NULL CHECK (state IN ('submitted', 'correcting', 'accepted', 'suspended', 'approved', 'refused', 'delivered', 'rejected', 'withdrawn')),
	version        bigint    NOT NULL,
	entry_id       text      NOT NULL, -- the version of the item's entry it is pinned to
	item_code      text      NOT NULL,
	item_version   bigint    NOT NULL,
	base_code      text      NOT NULL,
	item_name      text      NOT NULL,
	variant        text      NOT NULL,
	form_id        text      NOT NULL, -- the version of the form; '' without one
	flow_id        text      NOT NULL, -- the version of the process
	cert_type      text      NOT NULL,
	applicant_id   text      NOT NULL,
	applicant_kind text      NOT NULL,
	applicant      text      NOT NULL, -- name as others may read it: a person's is masked
	account_id     text      NOT NULL, -- who handed it in
	channel        text      NOT NULL CHECK (channel IN ('online', 'window')),
	region         text      NOT NULL,
	office_id      text      NOT NULL, -- who decides
	office_path    text      NOT NULL,
	office_name    text      NOT NULL,
	centre_path    text      NOT NULL, -- the service centre that receives and hands out for it
	received_path  text      NOT NULL, -- the office that received it on behalf; '' when it came in online
	submitted_at   timestamp NOT NULL,
	received_on    text      NOT NULL, -- the working day it counts as received
	accepted_on    text,
	decided_at     timestamp,
	closed_at      timestamp,
	outcome        text      NOT NULL, -- approved, refused, rejected, withdrawn; '' while open
	legal_days     bigint    NOT NULL,
	promise_days   bigint    NOT NULL,
	legal_unit     text      NOT NULL,
	promise_unit   text      NOT NULL,
	extended_days  bigint    NOT NULL,
	legal_due      text, -- ISO dates; none while the clock has not begun or stands still
	promise_due    text,
	reply_due      text,      -- by when the office must accept, reject or ask for a correction; silence accepts
	corrections    bigint    NOT NULL
);
CREATE INDEX casefile_case_applicant ON casefile_case (applicant_id, id);
CREATE INDEX casefile_case_office ON casefile_case (office_path, id);
CREATE INDEX casefile_case_prefecture ON casefile_case (substr(office_path, 1, 4), id);
CREATE INDEX casefile_case_county ON casefile_case (substr(office_path, 1, 6), id);
CREATE INDEX casefile_case_centre ON casefile_case (centre_path, id);
CREATE INDEX casefile_case_received ON casefile_case (received_path, id) WHERE received_path <> '';
CREATE INDEX casefile_case_reply ON casefile_case (reply_due, id) WHERE state = 'submitted';

-- What the applicant said, sealed; one row each time it was handed in or corrected.
CREATE TABLE casefile_content (
	case_id  text      NOT NULL REFERENCES casefile_case (id),
	revision bigint    NOT NULL,
	content  bytea     NOT NULL,
	at       timestamp NOT NULL,
	PRIMARY KEY (case_id, revision)
);

CREATE TABLE casefile_material (
	id       text      NOT NULL PRIMARY KEY,
	case_id  text      NOT NULL REFERENCES casefile_case (id),
	code     text      NOT NULL,
	name     text      NOT NULL,
	way      text      NOT NULL,
	file_id  text      NOT NULL, -- '' when no file was needed
	evidence text      NOT NULL, -- a certificate's identifier, who shares, what is pledged
	due_on   text      NOT NULL, -- by when it follows; '' when it is there
	revision bigint    NOT NULL,
	at       timestamp NOT NULL
);
CREATE INDEX casefile_material_case ON casefile_material (case_id, id);

-- The clock's ledger: times that do not count, with what the law calls them.
CREATE TABLE casefile_interval (
	id       text   NOT NULL PRIMARY KEY,
	case_id  text   NOT NULL REFERENCES casefile_case (id),
	kind     text   NOT NULL, -- correction, or a special procedure: inspection, hearing …
	name     text   NOT NULL,
	basis    text   NOT NULL,
	days     bigint NOT NULL, -- announced to the applicant, working days
	from_on  text   NOT NULL,
	until_on text, -- none while it lasts
	paper    text   NOT NULL  -- number of the document that told the applicant
);
CREATE INDEX casefile_interval_case ON casefile_interval (case_id, id);

-- Every step, never changed. comment is what was said to the applicant or between officers, sealed.
CREATE TABLE casefile_history (
	case_id     text      NOT NULL REFERENCES casefile_case (id),
	version     bigint    NOT NULL,
	action      text      NOT NULL,
	state       text      NOT NULL,
	actor       text      NOT NULL,
	post        text      NOT NULL,
	office_path text      NOT NULL,
	comment     bytea,
	paper       text      NOT NULL,
	at          timestamp NOT NULL,
	PRIMARY KEY (case_id, version)
);

-- The documents of a case (文书), as they were issued. body is sealed.
CREATE TABLE casefile_paper (
	id        text      NOT NULL PRIMARY KEY,
	case_id   text      NOT NULL REFERENCES casefile_case (id),
	kind      text      NOT NULL,
	number    text      NOT NULL UNIQUE,
	title     text      NOT NULL,
	office    text      NOT NULL,
	body      bytea     NOT NULL,
	issued_on text      NOT NULL,
	at        timestamp NOT NULL
);
CREATE INDEX casefile_paper_case ON casefile_paper (case_id, id);

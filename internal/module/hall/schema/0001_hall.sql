-- +goose Up

-- A place where a government serves people (政务大厅). rules is data: hours, lines, how many may book. version moves with every change of its queue;
-- whoever changes the queue moves it first, so that a hall's queue has one writer at a time.
CREATE TABLE hall_hall (
	id          text    NOT NULL PRIMARY KEY,
	office_path text    NOT NULL, -- of the service centre
	region      text    NOT NULL,
	name        text    NOT NULL,
	address     text    NOT NULL,
	phone       text    NOT NULL,
	rules       text    NOT NULL,
	set_to      text    NOT NULL CHECK (set_to IN ('', 'open', 'closed')), -- what an officer decided for set_on, against the hours
	set_on      text    NOT NULL,
	version     bigint  NOT NULL,
	kiosk       bytea   NOT NULL, -- the code its kiosks present, sealed
	UNIQUE (office_path, name)
);

CREATE TABLE hall_window (
	id         text      NOT NULL PRIMARY KEY,
	hall_id    text      NOT NULL REFERENCES hall_hall (id),
	number     integer   NOT NULL,
	name       text      NOT NULL,
	letters    text      NOT NULL, -- of the lines it serves, JSON; none is all (综合窗口)
	account_id text      NOT NULL, -- who sits there; '' for nobody
	sat_at     timestamp,
	UNIQUE (hall_id, number)
);
CREATE UNIQUE INDEX hall_window_sitter ON hall_window (account_id) WHERE account_id <> '';

-- How many places of a quarter of an hour are taken; letter '' is the whole hall.
CREATE TABLE hall_slot (
	hall_id text    NOT NULL REFERENCES hall_hall (id),
	day     text    NOT NULL,
	minute  integer NOT NULL, -- of the day
	letter  text    NOT NULL,
	taken   integer NOT NULL,
	PRIMARY KEY (hall_id, day, minute, letter)
);

-- A booked visit (预约). code is random and stands in the visitor's QR code.
CREATE TABLE hall_booking (
	id         text      NOT NULL PRIMARY KEY,
	hall_id    text      NOT NULL REFERENCES hall_hall (id),
	subject_id text      NOT NULL,
	letter     text      NOT NULL,
	day        text      NOT NULL,
	minute     integer   NOT NULL,
	item_code  text      NOT NULL,
	code       text      NOT NULL UNIQUE,
	state      text      NOT NULL CHECK (state IN ('booked', 'cancelled', 'arrived', 'missed')),
	reminded   boolean   NOT NULL,
	made_at    timestamp NOT NULL,
	ended_at   timestamp
);
CREATE UNIQUE INDEX hall_booking_open ON hall_booking (subject_id, hall_id, day) WHERE state = 'booked';
CREATE INDEX hall_booking_due ON hall_booking (day, id) WHERE state = 'booked';
CREATE INDEX hall_booking_mine ON hall_booking (subject_id, id);
CREATE INDEX hall_booking_missed ON hall_booking (subject_id, day) WHERE state = 'missed';

-- The last number of a day and line.
CREATE TABLE hall_series (
	hall_id text    NOT NULL REFERENCES hall_hall (id),
	day     text    NOT NULL,
	letter  text    NOT NULL,
	last    integer NOT NULL,
	PRIMARY KEY (hall_id, day, letter)
);

-- A number in the queue (排队号). code is random: who has it may follow the number on a phone.
CREATE TABLE hall_turn (
	id          text      NOT NULL PRIMARY KEY,
	hall_id     text      NOT NULL REFERENCES hall_hall (id),
	day         text      NOT NULL,
	letter      text      NOT NULL,
	number      integer   NOT NULL,
	code        text      NOT NULL UNIQUE,
	priority    text      NOT NULL CHECK (priority IN ('', 'booked', 'elderly', 'disabled', 'pregnant', 'soldier')),
	rank        integer   NOT NULL, -- 0 before 1
	place       bigint    NOT NULL, -- within the rank
	state       text      NOT NULL CHECK (state IN ('waiting', 'called', 'done', 'gone')),
	subject_id  text      NOT NULL, -- whom to tell; '' for a number taken without a name
	booking_id  text      NOT NULL,
	window_id   text      NOT NULL, -- where it was called last; of a transferred one, where it must be served
	fixed       boolean   NOT NULL, -- transferred: only window_id may call it
	account_id  text      NOT NULL,
	calls       integer   NOT NULL,
	passes      integer   NOT NULL,
	told        boolean   NOT NULL,
	taken_at    timestamp NOT NULL,
	called_at   timestamp,
	finished_at timestamp,
	seconds     integer   NOT NULL, -- at the window
	UNIQUE (hall_id, day, letter, number)
);
CREATE INDEX hall_turn_waiting ON hall_turn (hall_id, day, rank, place, id) WHERE state = 'waiting';
CREATE INDEX hall_turn_called ON hall_turn (hall_id, day, called_at) WHERE state = 'called';
CREATE UNIQUE INDEX hall_turn_window ON hall_turn (window_id) WHERE state = 'called';
CREATE INDEX hall_turn_held ON hall_turn (subject_id, hall_id, day) WHERE state IN ('waiting', 'called') AND subject_id <> '';
CREATE INDEX hall_turn_served ON hall_turn (hall_id, letter, finished_at) WHERE state = 'done';

-- What could not be done (办不成事反映). words and answer are sealed.
CREATE TABLE hall_obstacle (
	id           text      NOT NULL PRIMARY KEY,
	number       text      NOT NULL UNIQUE,
	hall_id      text      NOT NULL REFERENCES hall_hall (id),
	office_path  text      NOT NULL, -- who must answer now
	office_name  text      NOT NULL,
	subject_id   text      NOT NULL,
	item_code    text      NOT NULL,
	item_name    text      NOT NULL,
	about_office text      NOT NULL,
	words        bytea     NOT NULL,
	state        text      NOT NULL CHECK (state IN ('open', 'answered', 'solved')),
	handler      text      NOT NULL, -- account
	level        integer   NOT NULL, -- how often it went up
	reopened     integer   NOT NULL,
	due_on       text      NOT NULL,
	answer       bytea,
	outcome      text      NOT NULL CHECK (outcome IN ('', 'done', 'explained', 'passed_on')),
	made_at      timestamp NOT NULL,
	answered_at  timestamp,
	solved_at    timestamp,
	version      bigint    NOT NULL
);
CREATE INDEX hall_obstacle_open ON hall_obstacle (office_path, due_on, id) WHERE state = 'open';
CREATE INDEX hall_obstacle_due ON hall_obstacle (due_on, id) WHERE state = 'open';
CREATE INDEX hall_obstacle_closed ON hall_obstacle (office_path, due_on, id) WHERE state <> 'open';
CREATE INDEX hall_obstacle_mine ON hall_obstacle (subject_id, id);

-- The figures of an office: one row, moved with each step.
CREATE TABLE hall_obstacle_count (
	office_path text   NOT NULL PRIMARY KEY,
	office_name text   NOT NULL,
	reported    bigint NOT NULL,
	answered    bigint NOT NULL,
	late        bigint NOT NULL,
	solved      bigint NOT NULL,
	reopened    bigint NOT NULL
);

-- That an office may act for somebody (帮办代办授权). words is sealed: what the person said or signed.
CREATE TABLE hall_mandate (
	id          text      NOT NULL PRIMARY KEY,
	subject_id  text      NOT NULL,
	office_path text      NOT NULL,
	office_name text      NOT NULL,
	base_code   text      NOT NULL, -- the item it is limited to; '' for all
	item_name   text      NOT NULL,
	words       bytea     NOT NULL,
	until_on    text      NOT NULL,
	made_by     text      NOT NULL,
	made_at     timestamp NOT NULL,
	ended_at    timestamp,
	ended_by    text      NOT NULL
);
CREATE INDEX hall_mandate_mine ON hall_mandate (subject_id, id);

-- What was done at a window for somebody: from his being identified to the number of his case.
CREATE TABLE hall_deed (
	id          text      NOT NULL PRIMARY KEY,
	account_id  text      NOT NULL,
	post        text      NOT NULL,
	office_path text      NOT NULL,
	window_id   text      NOT NULL,
	turn_id     text      NOT NULL,
	subject_id  text      NOT NULL,
	mandate_id  text      NOT NULL, -- '' when the person stood there
	item_code   text      NOT NULL,
	item_name   text      NOT NULL,
	draft_id    text      NOT NULL,
	case_number text      NOT NULL,
	begun_at    timestamp NOT NULL,
	handed_at   timestamp
);
CREATE INDEX hall_deed_mine ON hall_deed (subject_id, id);
CREATE UNIQUE INDEX hall_deed_draft ON hall_deed (draft_id) WHERE draft_id <> '';
CREATE INDEX hall_deed_last ON hall_deed (account_id, id);

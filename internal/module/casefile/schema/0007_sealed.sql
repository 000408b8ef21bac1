-- +goose Up

-- Documents as files that bear the office's seal: made when a file is first fetched, and the same file from then on. sealed_at is stored before anything is
-- signed, so that all who fetch at once make one file.
CREATE TABLE casefile_sealed (
	case_id   text      NOT NULL REFERENCES casefile_case (id),
	paper_id  text      NOT NULL, -- of casefile_paper, or of a record written on demand
	format    text      NOT NULL CHECK (format IN ('pdf', 'ofd')),
	sealed_at timestamp NOT NULL,
	content   bytea,              -- encrypted; none before it is signed
	PRIMARY KEY (case_id, paper_id, format)
);

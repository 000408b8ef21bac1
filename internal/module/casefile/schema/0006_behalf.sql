-- +goose Up

-- For whom an officer took a step of the applicant's: he stood there, had authorised the office (授权), or the office that received his case went on with it. '' is
-- everybody's own step.
ALTER TABLE casefile_history ADD COLUMN behalf text NOT NULL DEFAULT '' CHECK (behalf IN ('', 'present', 'mandate', 'received'));

-- +goose Up

-- Whoever works here reads what concerns the work at the desk (desk), and what concerns himself where every citizen does.
ALTER TABLE notice_message ADD COLUMN desk boolean NOT NULL DEFAULT false;
UPDATE notice_message SET desk = true WHERE substr(link, 1, 6) = '/desk/';
DROP INDEX notice_message_subject;
DROP INDEX notice_message_unread;
CREATE INDEX notice_message_reader ON notice_message (subject_id, desk, id);
CREATE INDEX notice_message_unread_of ON notice_message (subject_id, desk) WHERE read_at IS NULL;

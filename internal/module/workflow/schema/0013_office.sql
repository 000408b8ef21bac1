-- +goose Up
-- What is open at an office is counted and moved when it is dissolved, whoever holds it.
CREATE INDEX workflow_task_held_at ON workflow_task (office_path, id) WHERE state = 'open' AND holder <> '';
CREATE INDEX workflow_side_at ON workflow_side (office_path, id) WHERE state IN ('open', 'waiting') AND account = '';

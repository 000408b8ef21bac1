-- +goose Up
-- The sixteen elements (十六要素) an implementation entry takes from its base item. Which of them are locked is the province's decision.
CREATE TABLE item_element (
    key      text    NOT NULL PRIMARY KEY,
    position bigint  NOT NULL UNIQUE,
    locked   boolean NOT NULL,
    keeper   bigint  NOT NULL CHECK (keeper BETWEEN 2 AND 6)
);
INSERT INTO item_element (key, position, locked, keeper) VALUES
    ('name', 1, TRUE, 2), ('code', 2, TRUE, 2), ('kind', 3, TRUE, 2), ('basis', 4, TRUE, 2), ('level', 5, TRUE, 2), ('division', 6, TRUE, 2),
    ('exercise', 7, TRUE, 2), ('organ_nature', 8, TRUE, 2), ('audience', 9, TRUE, 2), ('handling', 10, TRUE, 2), ('legal_days', 11, TRUE, 2),
    ('conditions', 12, TRUE, 2), ('materials', 13, TRUE, 2), ('procedure', 14, TRUE, 2), ('result', 15, TRUE, 2), ('fee', 16, TRUE, 2);

-- What a base version says for each element, in the one text two statements are compared by; the digest leaves out spaces and punctuation.
CREATE TABLE item_base_element (
    version_id text NOT NULL REFERENCES item_base_version (id),
    element    text NOT NULL REFERENCES item_element (key),
    value      text NOT NULL,
    digest     text NOT NULL,
    PRIMARY KEY (version_id, element)
);

-- What an entry that came from outside says differently from its base. Nobody is ever shown it as the guide: the guide is the base's. The base's
-- code, the region and the level are the entry's and never change; they stand here so that counting reads only this table.
CREATE TABLE item_stated (
    entry_code text      NOT NULL REFERENCES item_entry (code),
    element    text      NOT NULL REFERENCES item_element (key),
    base_code  text      NOT NULL,
    region     text      NOT NULL,
    level      bigint    NOT NULL,
    said       text      NOT NULL,
    digest     text      NOT NULL,
    source     text      NOT NULL,
    stated_at  timestamp NOT NULL,
    PRIMARY KEY (entry_code, element)
);
CREATE INDEX item_stated_base ON item_stated (base_code, entry_code, element);
CREATE INDEX item_stated_element ON item_stated (element, entry_code);
CREATE INDEX item_stated_region ON item_stated (region, entry_code, element);

-- Counts every change of what is stated and of which elements are locked: figures made from them are kept as long as it stays.
CREATE TABLE item_stated_revision (
    id     bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    number bigint NOT NULL
);
INSERT INTO item_stated_revision (id, number) VALUES (1, 0);

-- The meter of each day. Element 'any' counts the entries that deviate in any element.
CREATE TABLE item_consistency_day (
    day       text   NOT NULL,
    level     bigint NOT NULL,
    element   text   NOT NULL,
    entries   bigint NOT NULL,
    deviating bigint NOT NULL,
    PRIMARY KEY (day, level, element)
);

-- Entries are counted from their indexes alone, without reading a row: all of them, less the few that are cancelled.
CREATE INDEX item_entry_cancelled ON item_entry (region, base_code, code) WHERE state = 'cancelled';
-- The few versions that promise a time of their own.
CREATE INDEX item_entry_version_promise ON item_entry_version (entry_code, id) WHERE substr(override, 1, 15) = '{"promise_days"';

-- The rules of quality. What a rule looks at is its kind, what it looks for its parameter.
CREATE TABLE item_quality_rule (
    key       text    NOT NULL PRIMARY KEY,
    position  bigint  NOT NULL UNIQUE,
    scope     text    NOT NULL CHECK (scope IN ('base', 'entry')),
    kind      text    NOT NULL CHECK (kind IN ('condition', 'words', 'certificates')),
    parameter text    NOT NULL,
    severity  text    NOT NULL CHECK (severity IN ('error', 'warning', 'hint')),
    message   text    NOT NULL,
    enabled   boolean NOT NULL,
    law       text    NOT NULL
);
INSERT INTO item_quality_rule (key, position, scope, kind, parameter, severity, message, enabled, law) VALUES
    ('promise_over_statute', 1, 'base', 'condition', 'promise > legal', 'error', 'item.quality.promise_over_statute', TRUE, '《行政许可法》第四十二条'),
    ('promise_not_shorter', 2, 'base', 'condition', 'legal > 0.0 && promise >= legal', 'hint', 'item.quality.promise_not_shorter', TRUE, '国办发〔2018〕45号'),
    ('catch_all', 3, 'base', 'words', '其他材料 其它材料 有关材料 相关材料 等材料 其他需要 要求的其他 要求的其它 必要的材料', 'error', 'item.quality.catch_all', TRUE, '国办发〔2018〕45号'),
    ('no_basis', 4, 'base', 'condition', 'bases == 0', 'error', 'item.quality.no_basis', TRUE, '《行政许可法》第十七条'),
    ('no_fee_note', 5, 'base', 'condition', 'fee_note == ""', 'error', 'item.quality.no_fee_note', TRUE, '《行政许可法》第五十八条'),
    ('visit_without_reason', 6, 'base', 'condition', 'visits > 0 && visit_reason == ""', 'error', 'item.quality.visit_without_reason', TRUE, '国办发〔2018〕45号'),
    ('no_sample', 7, 'base', 'condition', 'uploads_without_sample > 0', 'warning', 'item.quality.no_sample', TRUE, '《行政许可法》第三十条'),
    ('certificate_not_offered', 8, 'base', 'certificates', '身份证 户口簿 营业执照 食品经营许可证 食品生产许可证 药品经营许可证 不动产权证书 结婚证 残疾人证 社会保障卡 驾驶证 行驶证 出生医学证明', 'warning', 'item.quality.certificate_not_offered', TRUE, '国办发〔2022〕3号'),
    ('no_questions', 9, 'base', 'condition', 'questions_answered == 0', 'hint', 'item.quality.no_questions', TRUE, 'GB/T 39554.2-2020'),
    ('no_phone', 20, 'entry', 'condition', 'phone == ""', 'error', 'item.quality.no_phone', TRUE, 'GB/T 39554.2-2020'),
    ('no_address', 21, 'entry', 'condition', 'address == ""', 'error', 'item.quality.no_address', TRUE, 'GB/T 39554.2-2020'),
    ('no_hours', 22, 'entry', 'condition', 'hours == ""', 'error', 'item.quality.no_hours', TRUE, 'GB/T 39554.2-2020'),
    ('no_windows', 23, 'entry', 'condition', 'windows == ""', 'warning', 'item.quality.no_windows', TRUE, 'GB/T 36112-2018'),
    ('no_supervision', 24, 'entry', 'condition', 'supervise == ""', 'warning', 'item.quality.no_supervision', TRUE, 'GB/T 39554.2-2020');

-- What the rules for entries found, counted each night: reading a million entries is no work for a page.
CREATE TABLE item_quality_count (
    rule       text   NOT NULL REFERENCES item_quality_rule (key),
    base_code  text   NOT NULL,
    findings   bigint NOT NULL,
    PRIMARY KEY (rule, base_code)
);
CREATE TABLE item_quality_counted (
    id         bigint    NOT NULL PRIMARY KEY CHECK (id = 1),
    counted_at timestamp NOT NULL
);

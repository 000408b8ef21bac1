-- +goose Up
-- The blank form and the filled sample of a material as a file, as the keeper of the item attached it. The content rests in the blob store.
CREATE TABLE item_material_file (
    base_code     text      NOT NULL,
    material_code text      NOT NULL,
    kind          text      NOT NULL CHECK (kind IN ('blank', 'sample')),
    name          text      NOT NULL,
    sha256        text      NOT NULL,
    media_type    text      NOT NULL,
    size          bigint    NOT NULL,
    attached_at   timestamp NOT NULL,
    attached_by   text      NOT NULL,
    PRIMARY KEY (base_code, material_code, kind)
);

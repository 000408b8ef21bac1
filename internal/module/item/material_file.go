package item

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// What a file of a material is.
const (
	BlankFile  = "blank"  // 空白表格
	SampleFile = "sample" // 示例样表
)

// MaterialFile is the blank form or the filled sample of a material, as a file its keeper attached.
type MaterialFile struct {
	BaseCode     string
	MaterialCode string
	Kind         string // [BlankFile] or [SampleFile]
	Name         string
	SHA256       string `db:"sha256"`
	MediaType    string
	Size         int64
	AttachedAt   time.Time
}

// Store keeps files, met by platform/blob.
type Store interface {
	Put(ctx context.Context, r io.Reader, name string) (blob.Info, error)
	Open(ctx context.Context, sha string) (io.ReadSeekCloser, blob.Info, error)
}

// longestFileName is what a guide shows of a file's name.
const longestFileName = 100

// AttachFile makes a file the blank or the sample of a material, in place of the one before. It takes effect at once for every office, and stays until a
// version is published that does not ask for the material; the same file again changes nothing. Faults of the store pass: too large, not a kind that is taken. fault.NotFound "item.no_such_material" when the guide in force
// does not ask for the material, fault.Forbidden for who does not keep the item.
func (s *Service) AttachFile(ctx context.Context, by actor.Actor, base, material, kind string, r io.Reader, name string) error {
	if err := s.mayAttach(by, base, kind); err != nil {
		return err
	}
	if err := s.db.View(ctx, func(tx *db.Tx) error { return s.asksFor(ctx, tx, base, material) }); err != nil {
		return err // before a byte is kept
	}
	info, err := s.needs.Store.Put(ctx, r, name)
	if err != nil {
		return err
	}
	name = fileName(name)
	return s.update(ctx, func(tx *db.Tx) error {
		if err := holdRevision(ctx, tx); err != nil { // a version that does not ask for the material any more takes its files away
			return err
		}
		if err := s.asksFor(ctx, tx, base, material); err != nil {
			return err
		}
		before, err := materialFile(ctx, tx, base, material, kind)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && before.SHA256 == info.SHA256 && before.Name == name {
			return nil
		}
		_, err = tx.Exec(ctx, `INSERT INTO item_material_file (base_code, material_code, kind, name, sha256, media_type, size, attached_at, attached_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (base_code, material_code, kind) DO UPDATE SET name = excluded.name, sha256 = excluded.sha256,
media_type = excluded.media_type, size = excluded.size, attached_at = excluded.attached_at, attached_by = excluded.attached_by`,
			base, material, kind, name, info.SHA256, info.MediaType, info.Size, tx.Now, by.Name())
		if err != nil {
			return fmt.Errorf("attaching a file to material %s of %s: %w", material, base, err)
		}
		return s.noteFile(ctx, tx, by, "item.file_attached", base, map[string]any{"material": material, "kind": kind, "sha256": info.SHA256, "size": info.Size})
	})
}

// RemoveFile takes a file of a material away; without one nothing happens.
func (s *Service) RemoveFile(ctx context.Context, by actor.Actor, base, material, kind string) error {
	if err := s.mayAttach(by, base, kind); err != nil {
		return err
	}
	return s.update(ctx, func(tx *db.Tx) error {
		f, err := materialFile(ctx, tx, base, material, kind)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.removeFile(ctx, tx, by, f)
	})
}

// dropFiles takes away the files of materials that a new version does not ask for: another material may get the code.
func (s *Service) dropFiles(ctx context.Context, tx *db.Tx, by actor.Actor, d *Definition) error {
	list, err := s.Files(ctx, tx, d.Code)
	if err != nil {
		return fmt.Errorf("reading the files of %s: %w", d.Code, err)
	}
	for _, f := range list {
		if slices.ContainsFunc(d.Guide.Materials, func(m Material) bool { return m.Code == f.MaterialCode }) {
			continue
		}
		if err := s.removeFile(ctx, tx, by, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) removeFile(ctx context.Context, tx *db.Tx, by actor.Actor, f MaterialFile) error {
	_, err := tx.Exec(ctx, `DELETE FROM item_material_file WHERE base_code = $1 AND material_code = $2 AND kind = $3`, f.BaseCode, f.MaterialCode, f.Kind)
	if err != nil {
		return fmt.Errorf("removing a file of material %s of %s: %w", f.MaterialCode, f.BaseCode, err)
	}
	return s.noteFile(ctx, tx, by, "item.file_removed", f.BaseCode, map[string]any{"material": f.MaterialCode, "kind": f.Kind, "sha256": f.SHA256})
}

// KeepsFiles refuses who may not attach files to an item. [Service.AttachFile] asks it too: ask before anything is received.
func (s *Service) KeepsFiles(by actor.Actor, base string) error {
	return s.mayAttach(by, base, BlankFile)
}

func (s *Service) mayAttach(by actor.Actor, base, kind string) error {
	if kind != BlankFile && kind != SampleFile {
		return fault.New(fault.NotFound, "item.no_such_material")
	}
	return s.mayKeep(by, ActPublish, base)
}

func (s *Service) noteFile(ctx context.Context, tx *db.Tx, by actor.Actor, kind, base string, data map[string]any) error {
	if err := bumpRevision(ctx, tx); err != nil {
		return fmt.Errorf("counting the revision: %w", err)
	}
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "item:" + base, Data: data})
}

// asksFor refuses a material the guide in force has not.
func (s *Service) asksFor(ctx context.Context, tx *db.Tx, base, material string) error {
	b, err := s.Base(ctx, tx, base)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(b.Guide.Materials, func(m Material) bool { return m.Code == material }) {
		return fault.New(fault.NotFound, "item.no_such_material")
	}
	return nil
}

const selectMaterialFile = `SELECT base_code, material_code, kind, name, sha256, media_type, size, attached_at FROM item_material_file WHERE base_code = $1`

func materialFile(ctx context.Context, tx *db.Tx, base, material, kind string) (MaterialFile, error) {
	f, err := db.One[MaterialFile](ctx, tx, selectMaterialFile+` AND material_code = $2 AND kind = $3`, base, material, kind)
	if errors.Is(err, db.ErrNotFound) {
		return f, fault.New(fault.NotFound, "item.no_such_file")
	}
	return f, err
}

// Files lists the files of an item's materials, by code of the material.
func (s *Service) Files(ctx context.Context, tx *db.Tx, base string) ([]MaterialFile, error) {
	return db.All[MaterialFile](ctx, tx, selectMaterialFile+` ORDER BY material_code, kind`, base)
}

// OpenFile reads the content of a file, which is public.
func (s *Service) OpenFile(ctx context.Context, f MaterialFile) (io.ReadSeekCloser, error) {
	content, _, err := s.needs.Store.Open(ctx, f.SHA256)
	return content, err
}

// fileName makes a name that can stand in a page and a header.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > longestFileName {
		ending := []rune(path.Ext(name))
		name = string(runes[:longestFileName-min(len(ending), 10)]) + string(ending[:min(len(ending), 10)])
	}
	return name
}

// MaterialFileColumn is where this module names contents of the store.
const MaterialFileColumn = "item_material_file.sha256"

// NamesOf returns those of some contents that a material still has as a file: the store keeps these.
func (s *Service) NamesOf(ctx context.Context, tx *db.Tx, contents []string) ([]string, error) {
	if len(contents) == 0 {
		return nil, nil
	}
	args := make([]any, len(contents))
	for i, c := range contents {
		args[i] = c
	}
	return db.All[string](ctx, tx, `SELECT DISTINCT sha256 FROM item_material_file WHERE sha256 IN (`+db.In(len(contents), 1)+`)`, args...)
}

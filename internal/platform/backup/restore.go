package backup

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"xiangyun/internal/platform/db"
)

// Reasons a backup is refused; what to do is in the message that wraps them.
var (
	ErrNotEmpty = errors.New("the installation already holds data: restore into an empty one")
	ErrCutShort = errors.New("the file ends early or is damaged: nothing was restored")
	ErrVersion  = errors.New("the backup was made by another version: restore it with that version, then upgrade")
)

// Read restores a backup into an empty, migrated database and the data folder, all or nothing: the rows are committed only after the
// file was read to its end and every count agreed.
func Read(ctx context.Context, p Params, r io.Reader) (Report, error) {
	var report Report
	zip, err := gzip.NewReader(r)
	if err != nil {
		return report, fmt.Errorf("%w (%w)", ErrCutShort, err)
	}
	staging, err := os.MkdirTemp(p.Data, ".restore-")
	if err != nil {
		return report, err
	}
	defer os.RemoveAll(staging)
	err = p.DB.Update(ctx, func(tx *db.Tx) error {
		report, err = read(ctx, p, tx, tar.NewReader(zip), staging)
		if err != nil {
			return err
		}
		// To the very end: only there stands the checksum of the whole.
		if _, err := io.Copy(io.Discard, zip); err != nil {
			return fmt.Errorf("%w (%w)", ErrCutShort, err)
		}
		return adopt(staging, p.Data)
	})
	return report, err
}

func read(ctx context.Context, p Params, tx *db.Tx, in *tar.Reader, staging string) (Report, error) {
	got := Report{Rows: map[string]int64{}}
	tables, err := emptyTables(ctx, p, tx)
	if err != nil {
		return got, err
	}
	for {
		h, err := in.Next()
		if err != nil {
			return got, fmt.Errorf("%w (%w)", ErrCutShort, err) // the end before counts.json
		}
		switch name := h.Name; {
		case name == "manifest.json":
			err = checkManifest(ctx, p, tx, in, &got)
		case strings.HasPrefix(name, "tables/"):
			err = readTable(ctx, tx, tables[strings.TrimSuffix(strings.TrimPrefix(name, "tables/"), ".jsonl")], in, &got)
		case strings.HasPrefix(name, "files/"):
			err = readFile(staging, strings.TrimPrefix(name, "files/"), in, &got)
		case name == "counts.json":
			var want Report
			if err := json.NewDecoder(in).Decode(&want); err != nil {
				return got, fmt.Errorf("%w (%w)", ErrCutShort, err)
			}
			if !reflect.DeepEqual(want.Rows, got.Rows) || want.Files != got.Files || want.Bytes != got.Bytes {
				return got, fmt.Errorf("%w (counts differ)", ErrCutShort)
			}
			return got, nil
		}
		if err != nil {
			return got, fmt.Errorf("restoring %s: %w", h.Name, err)
		}
	}
}

// emptyTables returns the tables by name, after emptying what start-up put there; people's data there is a refusal.
func emptyTables(ctx context.Context, p Params, tx *db.Tx) (map[string]db.Table, error) {
	tables, err := p.DB.Tables(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := map[string]db.Table{}
	for i := len(tables) - 1; i >= 0; i-- {
		t := tables[i]
		out[t.Name] = t
		if t.Name == "account_account" || t.Name == "casefile_case" {
			n, err := db.One[int64](ctx, tx, `SELECT count(*) FROM (SELECT 1 AS one FROM `+t.Name+` LIMIT 1) AS present`)
			if err != nil {
				return nil, err
			}
			if n > 0 {
				return nil, ErrNotEmpty
			}
		}
		if err := tx.Later(ctx, `DELETE FROM "`+t.Name+`"`); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func checkManifest(ctx context.Context, p Params, tx *db.Tx, in io.Reader, got *Report) error {
	if err := json.NewDecoder(in).Decode(&got.Manifest); err != nil {
		return fmt.Errorf("%w (%w)", ErrCutShort, err)
	}
	if got.Manifest.Format != 1 {
		return fmt.Errorf("%w (format %d)", ErrVersion, got.Manifest.Format)
	}
	versions, err := p.DB.Versions(ctx, tx)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(versions, got.Manifest.Schemas) {
		return fmt.Errorf("%w (made by %s)", ErrVersion, got.Manifest.Version)
	}
	return nil
}

// batch is how many bound values one INSERT carries at most, under the limits of both engines.
const batch = 8000

func readTable(ctx context.Context, tx *db.Tx, t db.Table, in io.Reader, got *Report) error {
	if t.Name == "" {
		return ErrVersion
	}
	lines := json.NewDecoder(bufio.NewReaderSize(in, 1<<16))
	lines.UseNumber()
	var names []string
	if err := lines.Decode(&names); err != nil {
		return fmt.Errorf("%w (%w)", ErrCutShort, err)
	}
	kinds := map[string]string{}
	for _, c := range t.Columns {
		kinds[c.Name] = c.Type
	}
	for _, n := range names {
		if kinds[n] == "" {
			return fmt.Errorf("%w (column %s)", ErrVersion, n)
		}
	}
	head := `INSERT INTO "` + t.Name + `" ("` + strings.Join(names, `", "`) + `") VALUES `
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		err := tx.Later(ctx, head+db.Values(len(args)/len(names), len(names), 1), args...)
		args = nil
		return err
	}
	for {
		var row []any
		if err := lines.Decode(&row); err == io.EOF {
			return flush()
		} else if err != nil || len(row) != len(names) {
			return fmt.Errorf("%w (%w)", ErrCutShort, err)
		}
		for i, v := range row {
			value, err := decode(v, kinds[names[i]])
			if err != nil {
				return err
			}
			args = append(args, value)
		}
		got.Rows[t.Name]++
		if len(args)+len(names) > batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

func decode(v any, kind string) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if text, ok := v["t"].(string); ok {
			return time.Parse(time.RFC3339Nano, text)
		}
		text, _ := v["b"].(string)
		return base64.StdEncoding.DecodeString(text)
	case json.Number:
		if kind == "real" || kind == "double precision" {
			return v.Float64()
		}
		return v.Int64()
	}
	return v, nil
}

// readFile writes into the staging folder; names that try to leave it are refused.
func readFile(staging, name string, in io.Reader, got *Report) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%w (file name)", ErrCutShort)
	}
	p := filepath.Join(staging, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(p, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, in)
	got.Files++
	got.Bytes += n
	return errors.Join(err, f.Sync(), f.Close())
}

// adopt moves the restored files to their places before the rows are committed: a document without a row does no harm.
func adopt(staging, data string) error {
	return filepath.WalkDir(staging, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(staging, p)
		if err != nil {
			return err
		}
		to := filepath.Join(data, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		return os.Rename(p, to)
	})
}

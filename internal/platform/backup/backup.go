// Package backup writes the whole installation into one file and reads it back, while the server is at work.
//
// The file is a gzipped tar: manifest.json (version, schema versions), tables/NAME.jsonl (one JSON array a row), then files/ with the
// content-addressed documents and the wrapped keys, and at last counts.json with the rows of each table, without which the file
// counts as cut short. The tables are read in one snapshot; documents are immutable and written before the rows that name them, so
// reading them afterwards gives at least all that the snapshot knows.
//
// The format is the same for both engines: what was saved from SQLite on a laptop restores into PostgreSQL and back. The key that
// unwraps the data keys is not in the file: whoever holds only the file can read no personal data.
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
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/platform/db"
)

// Manifest opens a backup.
type Manifest struct {
	Format  int              `json:"format"`
	Version string           `json:"version"` // of the program that wrote it
	Engine  db.Engine        `json:"engine"`
	MadeAt  time.Time        `json:"made_at"`
	Schemas map[string]int64 `json:"schemas"`
}

// Report tells what was written or read.
type Report struct {
	Manifest Manifest         `json:"manifest"`
	Rows     map[string]int64 `json:"rows"`
	Files    int64            `json:"files"`
	Bytes    int64            `json:"bytes"` // of the files
}

// Params say what belongs to the installation beside the database.
type Params struct {
	DB      *db.DB
	Data    string   // the data folder
	Files   []string // files and folders in it, relative, that belong to a backup; missing ones are passed over
	Without []string // folders in these, relative to Data as well, that do not: what is on its way, whose files come and go
	Lasting []string // folders whose own files are replaced by others, not missed: when one goes while they are saved the backup fails, and is begun again
	Version string
}

// Write writes a backup to w.
func Write(ctx context.Context, p Params, w io.Writer) (Report, error) {
	zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return Report{}, err
	}
	out := tar.NewWriter(zip)
	r := Report{Rows: map[string]int64{}}
	err = p.DB.View(ctx, func(tx *db.Tx) error { return writeTables(ctx, p, tx, out, &r) })
	if err != nil {
		return r, fmt.Errorf("saving tables: %w", err)
	}
	for _, f := range p.Files {
		if err := writeFiles(ctx, p, f, out, &r); err != nil {
			return r, fmt.Errorf("saving files: %w", err)
		}
	}
	if err := writeJSON(out, "counts.json", r); err != nil {
		return r, err
	}
	return r, errors.Join(out.Close(), zip.Close())
}

func writeTables(ctx context.Context, p Params, tx *db.Tx, out *tar.Writer, r *Report) error {
	versions, err := p.DB.Versions(ctx, tx)
	if err != nil {
		return err
	}
	r.Manifest = Manifest{Format: 1, Version: p.Version, Engine: p.DB.Engine(), MadeAt: tx.Now, Schemas: versions}
	if err := writeJSON(out, "manifest.json", r.Manifest); err != nil {
		return err
	}
	tables, err := p.DB.Tables(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := writeTable(ctx, tx, t, out, r); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	return nil
}

// writeTable goes over a temporary file, because tar wants the size first.
func writeTable(ctx context.Context, tx *db.Tx, t db.Table, out *tar.Writer, r *Report) error {
	spool, err := os.CreateTemp("", "xiangyun-backup-*")
	if err != nil {
		return err
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	buffer := bufio.NewWriterSize(spool, 1<<16)
	names := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	lines := json.NewEncoder(buffer)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(names); err != nil {
		return err
	}
	err = tx.Records(ctx, t, func(values []any) error {
		for i, v := range values {
			values[i] = encode(v)
		}
		r.Rows[t.Name]++
		return lines.Encode(values)
	})
	if err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	size, err := spool.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := out.WriteHeader(&tar.Header{Name: "tables/" + t.Name + ".jsonl", Mode: 0o600, Size: size, ModTime: tx.Now}); err != nil {
		return err
	}
	_, err = io.Copy(out, spool)
	return err
}

// encode keeps what JSON can't tell apart: an instant is {"t": RFC 3339}, bytes are {"b": base64}.
func encode(v any) any {
	switch v := v.(type) {
	case time.Time:
		return map[string]string{"t": v.UTC().Format(time.RFC3339Nano)}
	case []byte:
		return map[string]string{"b": base64.StdEncoding.EncodeToString(v)}
	}
	return v
}

func writeFiles(ctx context.Context, of Params, name string, out *tar.Writer, r *Report) error {
	root := filepath.Join(of.Data, name)
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // this alone: what comes after it is there
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rel, err := filepath.Rel(of.Data, p)
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(of.Without, filepath.ToSlash(rel)) {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") {
			return nil // a key file that is being written begins with a dot
		}
		f, err := os.Open(p)
		if errors.Is(err, fs.ErrNotExist) && slices.Contains(of.Lasting, filepath.ToSlash(filepath.Dir(rel))) {
			return fmt.Errorf("%s was replaced while it was saved: begin again: %w", rel, err)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // swept while we walked: no row of the snapshot names it
		}
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		if err := out.WriteHeader(&tar.Header{Name: "files/" + filepath.ToSlash(rel), Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
			return err
		}
		r.Files++
		r.Bytes += info.Size()
		_, err = io.CopyN(out, f, info.Size())
		return err
	})
}

func writeJSON(out *tar.Writer, name string, v any) error {
	body, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		return err
	}
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(body))}); err != nil {
		return err
	}
	_, err = out.Write(body)
	return err
}

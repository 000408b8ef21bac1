// Package material keeps what people hand in (材料库), so that nobody has to hand the same thing in twice.
//
//	file (上传的文件) ──used in a case──▶ document (材料) of a subject: code, trust grade, validity ──▶ offered again next time
//
// Trust grades follow 国办函〔2016〕108号: A made by the authority itself, B checked by a window against the original, C a certificate the
// person uploaded (the window checks the original before use), D made by the person, who vouches for it. Reuse never raises a grade.
//
// Files rest encrypted in the blob store; their names, which often hold a person's, are sealed. A file belongs to who uploaded it: for anybody
// else it does not exist. Law: 国务院令〔2025〕809号《政务数据共享条例》 and 国发〔2022〕5号: what was collected is not asked again.
package material

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "material", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Grade is how far a document can be trusted (可信等级).
type Grade string

// The grades.
const (
	GradeA Grade = "A"
	GradeB Grade = "B"
	GradeC Grade = "C"
	GradeD Grade = "D"
)

// File is one uploaded file.
type File struct {
	ID        string
	Name      string
	SHA256    string
	MediaType string
	Size      int64
	At        time.Time
}

// Document is a material a subject has given before.
type Document struct {
	ID        string
	Subject   string
	Code      string
	FileID    string
	Name      string
	Grade     Grade
	At        time.Time
	ExpiresOn string // ISO date; "" when it does not expire
}

// Needs is what the module asks of others; assembly fills it.
type Needs struct {
	Store Store
	Keys  Keys
	Quota Quota // the zero Quota bounds nothing
}

// Store keeps files, met by platform/blob.
type Store interface {
	Put(ctx context.Context, r io.Reader, name string) (blob.Info, error)
	Open(ctx context.Context, sha string) (io.ReadSeekCloser, blob.Info, error)
}

// Keys seals names, met by sm.Keyring.
type Keys interface {
	Seal(plain, aad []byte) ([]byte, error)
	Open(sealed, aad []byte) ([]byte, error)
}

// Service keeps files and documents. Safe for concurrent use.
type Service struct {
	db    *db.DB
	needs Needs

	mu      sync.Mutex
	running map[string]int // uploads by account, of those that have any
}

// New returns the service.
func New(d *db.DB, n Needs) *Service { return &Service{db: d, needs: n, running: map[string]int{}} }

// Upload stores a file of by's, streamed. Faults of the store pass: too large, not a kind that is taken, no space. fault.TooMany "material.quota_waiting" or
// "material.quota_day" when by has no room left, see [Quota]; "material.uploads_at_once" when too many of by's run in this process already.
func (s *Service) Upload(ctx context.Context, by actor.Actor, r io.Reader, name string) (File, error) {
	if !by.SignedIn() {
		return File{}, fault.New(fault.Unauthenticated, "material.sign_in")
	}
	if !s.begin(by.Account) {
		return File{}, fault.New(fault.TooMany, "material.uploads_at_once", mostAtOnce)
	}
	defer s.end(by.Account)
	if err := s.room(ctx, by); err != nil {
		return File{}, err
	}
	info, err := s.needs.Store.Put(ctx, r, name)
	if err != nil {
		return File{}, err
	}
	name = tidy(name)
	f := File{ID: db.NewKey(), Name: name, SHA256: info.SHA256, MediaType: info.MediaType, Size: info.Size}
	sealed, err := s.needs.Keys.Seal([]byte(name), aad(f.ID))
	if err != nil {
		return File{}, fmt.Errorf("sealing a file's name: %w", err)
	}
	var refused error
	err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
		f.At = tx.Now
		if refused, err = s.charge(ctx, tx, by, f.Size); err != nil || refused != nil {
			return err // what no row names is collected from the blob store
		}
		return tx.Later(ctx, `INSERT INTO material_file (id, account_id, subject_id, name, sha256, media_type, size, uploaded_at, used) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			f.ID, by.Account, by.For(), sealed, f.SHA256, f.MediaType, f.Size, tx.Now, false)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return File{}, err
	}
	return f, nil
}

// longestName is what a list shows of a file's name, its ending included.
const longestName = 120

// tidy makes a name that can stand in a page and a header: no folders, nothing that can't be printed or turns the direction of writing, and not
// endless.
func tidy(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > longestName {
		ending := []rune(path.Ext(name))
		if len(ending) > longestName/2 {
			ending = nil
		}
		name = string(runes[:longestName-len(ending)]) + string(ending)
	}
	return name
}

func aad(id string) []byte { return []byte("material_file/" + id) }

type fileRow struct {
	ID         string
	Name       []byte
	Sha256     string `db:"sha256"`
	MediaType  string
	Size       int64
	UploadedAt time.Time
}

func (s *Service) file(r fileRow) (File, error) {
	name, err := s.needs.Keys.Open(r.Name, aad(r.ID))
	if err != nil {
		return File{}, fmt.Errorf("opening a file's name: %w", err)
	}
	return File{r.ID, string(name), r.Sha256, r.MediaType, r.Size, r.UploadedAt}, nil
}

const selectFile = `SELECT id, name, sha256, media_type, size, uploaded_at FROM material_file WHERE `

// Mine returns a file by uploaded, or that belongs to whom by acts for; fault.NotFound "material.not_found" for anybody else's.
func (s *Service) Mine(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (File, error) {
	files, err := s.MineAll(ctx, tx, by, []string{id})
	if err != nil {
		return File{}, err
	}
	f, ok := files[id]
	if !ok {
		return File{}, fault.New(fault.NotFound, "material.not_found")
	}
	return f, nil
}

// MineAll returns those of the files that [Service.Mine] would, by their ids, with one statement.
func (s *Service) MineAll(ctx context.Context, tx *db.Tx, by actor.Actor, ids []string) (map[string]File, error) {
	files := map[string]File{}
	if len(ids) == 0 {
		return files, nil
	}
	args := []any{by.Account, by.For()}
	for _, id := range ids {
		args = append(args, id)
	}
	rows, err := db.All[fileRow](ctx, tx, selectFile+`(account_id = $1 OR (subject_id = $2 AND subject_id <> '')) AND id IN (`+db.In(len(ids), 3)+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for files: %w", err)
	}
	for _, r := range rows {
		if files[r.ID], err = s.file(r); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// Present returns those of the files that are still there and [Service.Mine] would return, by their ids: what nobody handed in is forgotten.
func (s *Service) Present(ctx context.Context, by actor.Actor, ids []string) (files map[string]File, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		files, err = s.MineAll(ctx, tx, by, ids)
		return err
	})
	return files, err
}

// File returns a file for a module that has checked the right to it by its own thing: a case.
func (s *Service) File(ctx context.Context, tx *db.Tx, id string) (File, error) {
	r, err := db.One[fileRow](ctx, tx, selectFile+`id = $1`, id)
	if errors.Is(err, db.ErrNotFound) {
		return File{}, fault.New(fault.NotFound, "material.not_found")
	}
	if err != nil {
		return File{}, err
	}
	return s.file(r)
}

// Read opens a file's content.
func (s *Service) Read(ctx context.Context, f File) (io.ReadSeekCloser, error) {
	r, _, err := s.needs.Store.Open(ctx, f.SHA256)
	return r, err
}

// Handed is a file that became a material of a subject.
type Handed struct {
	Code      string
	FileID    string
	Grade     Grade
	ExpiresOn string
}

// Keep turns files used in a case into documents the subject need not hand in again. A file keeps the lowest grade it has had, and its documents
// have that: handing it in again makes nobody trust it more. fault.Conflict "material.gone" when one of the files was removed since it was read: nothing of the
// transaction may be kept then.
func (s *Service) Keep(ctx context.Context, tx *db.Tx, subject string, handed []Handed) error {
	files := map[Grade][]any{}
	for _, h := range handed {
		files[h.Grade] = append(files[h.Grade], h.FileID)
	}
	for grade, ids := range files {
		// A later letter is a lower grade. What is as it should be is not written again.
		err := tx.Later(ctx, `UPDATE material_file SET used = $1, grade = CASE WHEN grade > $2 THEN grade ELSE $3 END
WHERE (NOT used OR grade < $4) AND id IN (`+db.In(len(ids), 5)+`)`, append([]any{true, string(grade), string(grade), string(grade)}, ids...)...)
		if err != nil {
			return fmt.Errorf("marking files as used: %w", err)
		}
	}
	if len(handed) == 0 {
		return nil
	}
	args := []any{subject, tx.Now}
	for _, h := range handed {
		args = append(args, db.NewKey(), h.Code, h.ExpiresOn, h.FileID)
	}
	n, err := tx.Exec(ctx, `INSERT INTO material_document (id, subject_id, code, file_id, grade, obtained_at, expires_on)
SELECT v.column1, $1, v.column2, f.id, f.grade, $2, v.column3 FROM (VALUES `+db.Values(len(handed), 4, 3)+`) AS v JOIN material_file f ON f.id = v.column4`, args...)
	if err != nil {
		return fmt.Errorf("keeping materials: %w", err)
	}
	if n != int64(len(handed)) { // each file gives a row, while it is there
		return fault.New(fault.Conflict, "material.gone")
	}
	return nil
}

// Reusable returns, for each of the codes the subject has given and that is still valid on the day (ISO), the newest document.
func (s *Service) Reusable(ctx context.Context, tx *db.Tx, subject string, codes []string, day string) (map[string]Document, error) {
	out := map[string]Document{}
	if len(codes) == 0 || subject == "" {
		return out, nil
	}
	args := []any{subject, day}
	for _, c := range codes {
		args = append(args, c)
	}
	type row struct {
		ID, SubjectID, Code, FileID, Grade, ExpiresOn string
		ObtainedAt                                    time.Time
		Name                                          []byte
	}
	rows, err := db.All[row](ctx, tx, `SELECT d.id, d.subject_id, d.code, d.file_id, d.grade, d.expires_on, d.obtained_at, f.name FROM material_document d
JOIN material_file f ON f.id = d.file_id
WHERE d.subject_id = $1 AND (d.expires_on = '' OR d.expires_on >= $2) AND d.code IN (`+db.In(len(codes), 3)+`) ORDER BY d.id DESC LIMIT 500`, args...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if _, newer := out[r.Code]; newer {
			continue
		}
		name, err := s.needs.Keys.Open(r.Name, aad(r.FileID))
		if err != nil {
			return nil, fmt.Errorf("opening a file's name: %w", err)
		}
		out[r.Code] = Document{r.ID, r.SubjectID, r.Code, r.FileID, string(name), Grade(r.Grade), r.ObtainedAt, r.ExpiresOn}
	}
	return out, nil
}

// ContentColumn is where the module's rows name contents of the store.
const ContentColumn = "material_file.sha256"

// NamesOf returns those of some contents that a file still has: the store keeps these.
func (s *Service) NamesOf(ctx context.Context, tx *db.Tx, contents []string) ([]string, error) {
	if len(contents) == 0 {
		return nil, nil
	}
	args := make([]any, len(contents))
	for i, c := range contents {
		args[i] = c
	}
	return db.All[string](ctx, tx, `SELECT DISTINCT sha256 FROM material_file WHERE sha256 IN (`+db.In(len(contents), 1)+`)`, args...)
}

// keptDays is how long an upload waits for a case.
const keptDays = 7

// Sweep forgets uploads nobody used within a week, drafts included, and what was counted on days that are over. The bytes are collected from the blob store
// once no row has named them for some days.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		err := tx.Later(ctx, `DELETE FROM material_file WHERE used = $1 AND uploaded_at < $2`, false, tx.Now.Add(-keptDays*24*time.Hour))
		if err != nil {
			return err
		}
		return tx.Later(ctx, `DELETE FROM material_quota WHERE day < $1`, civil.Of(tx.Now).String())
	})
}

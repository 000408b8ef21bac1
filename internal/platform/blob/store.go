package blob

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// Locale holds the texts of this package's faults.
//
//go:embed locale/*.toml
var Locale embed.FS

// Info tells what a stored file is.
type Info struct {
	SHA256    string // of the content, 64 hex digits: the file's address
	Size      int64  // of the content, in bytes
	MediaType string // one of [MediaTypes]
}

// Store keeps files under one folder. Any number of goroutines and processes may use the folder at once.
type Store struct {
	dir      string
	maxBytes int64
	keys     *sm.Keyring
	create   func(dir string) (tempFile, error)
	mark     func(path string) error
}

// tempFile is what Put needs of a temporary file; tests put a full disk behind it.
type tempFile interface {
	io.WriteCloser
	io.WriterAt
	io.ReaderAt
	Name() string
	Sync() error
}

// New returns the store in dir, which is made if need be. No file may be larger than maxBytes; what is stored is encrypted with
// keys.
func New(dir string, maxBytes int64, keys *sm.Keyring) (*Store, error) {
	if maxBytes <= 0 {
		return nil, errors.New("opening blob store: the size limit must be positive")
	}
	if keys == nil {
		return nil, errors.New("opening blob store: it needs a keyring")
	}
	s := &Store{dir: dir, maxBytes: maxBytes, keys: keys, create: createTemp, mark: createMark}
	if err := os.MkdirAll(s.temp(), 0o700); err != nil {
		return nil, fmt.Errorf("opening blob store: %w", err)
	}
	return s, nil
}

func createTemp(dir string) (tempFile, error) { return os.CreateTemp(dir, "put-*") }

// MaxBytes is the largest file the store takes.
func (s *Store) MaxBytes() int64 { return s.maxBytes }

// The folders beside the contents, and what is in them: nothing of it belongs to a backup.
const (
	tempFolder    = "tmp"     // files that are being written
	unnamedFolder = "unnamed" // an empty file for each content that no row named when it was last looked for, as old as that is known
	leavingFolder = "leaving" // contents on their way out, for a moment
)

var passing = []string{tempFolder, unnamedFolder, leavingFolder}

// Passing lists the folders in a store's folder whose files a backup leaves out.
func Passing() []string { return slices.Clone(passing) }

func (s *Store) temp() string { return filepath.Join(s.dir, tempFolder) }

func (s *Store) path(sha string) string { return filepath.Join(s.dir, sha[:2], sha[2:4], sha) }

// Put stores what r gives and returns what it is. name is the file name the person gave: only its ending is looked at.
//
// It refuses with fault.TooLarge what is over the limit, as soon as that is known; with fault.Unsupported what is of no kind
// taken (blob.unsupported) or not what its name says (blob.mislabelled); with fault.Invalid an empty file; with fault.Busy when
// the disk is full. It returns only after the file is durable. An error of r is returned wrapped.
func (s *Store) Put(ctx context.Context, r io.Reader, name string) (Info, error) {
	info, err := s.put(ctx, r, name)
	switch {
	case err == nil:
		return info, nil
	case noSpace(err):
		return Info{}, fault.New(fault.Busy, "blob.no_space").Because(err)
	}
	var limit *http.MaxBytesError
	if errors.As(err, &limit) {
		return Info{}, s.tooLarge().Because(err)
	}
	return Info{}, err
}

func noSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func (s *Store) tooLarge() *fault.Error {
	return fault.New(fault.TooLarge, "blob.too_large", bytesText(s.maxBytes))
}

func (s *Store) put(ctx context.Context, r io.Reader, name string) (info Info, err error) {
	ending, err := endingOf(name)
	if err != nil {
		return info, err
	}
	f, err := s.create(s.temp())
	if err != nil {
		return info, fmt.Errorf("storing file: %w", err)
	}
	placed := false
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("closing file: %w", cerr)
		}
		if !placed {
			_ = os.Remove(f.Name()) // best effort: Sweep takes what stays
		}
	}()
	w, err := newWriter(f, s.keys)
	if err != nil {
		return info, err
	}
	look := inspector{ending: ending}
	digest := sha256.New()
	if err := s.copy(ctx, r, &look, io.MultiWriter(digest, w)); err != nil {
		return info, err
	}
	sum := [sha256.Size]byte(digest.Sum(nil))
	kind, err := look.decide(func() (io.ReaderAt, int64, error) { return w.flushed(f) })
	if err != nil {
		return info, err
	}
	if err := w.finish(kind, sum); err != nil {
		return info, err
	}
	info = Info{SHA256: hex.EncodeToString(sum[:]), Size: w.size, MediaType: kind.mediaType()}
	if s.intact(info) && s.touch(info.SHA256) {
		return info, nil
	}
	if err := f.Sync(); err != nil {
		return info, fmt.Errorf("making file durable: %w", err)
	}
	if err := s.place(f.Name(), info.SHA256); err != nil {
		return info, err
	}
	placed = true
	return info, nil
}

// copy moves r to w in pieces of a frame, counting and looking at them.
func (s *Store) copy(ctx context.Context, r io.Reader, look *inspector, w io.Writer) error {
	buf := make([]byte, frameSize)
	var size int64
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("storing file: %w", err)
		}
		n, ended, err := fill(r, buf)
		if err != nil {
			return fmt.Errorf("reading upload: %w", err)
		}
		if size += int64(n); size > s.maxBytes {
			return s.tooLarge()
		}
		if err := look.write(buf[:n]); err != nil {
			return err
		}
		if _, err := w.Write(buf[:n]); err != nil {
			return fmt.Errorf("writing file: %w", err)
		}
		if ended && size == 0 {
			return fault.New(fault.Invalid, "blob.empty")
		}
		if ended {
			return nil
		}
	}
}

// fill reads until buf is full or r has ended. Unlike io.ReadFull it keeps apart the end, io.EOF, and an upload that broke off,
// which multipart readers report as io.ErrUnexpectedEOF.
func fill(r io.Reader, buf []byte) (n int, ended bool, err error) {
	for n < len(buf) {
		m, err := r.Read(buf[n:])
		n += m
		if err == io.EOF { //nolint:errorlint // a wrapped EOF is a broken upload, not the end
			return n, true, nil
		}
		if err != nil {
			return n, false, err
		}
	}
	return n, false, nil
}

// intact tells whether the content is already stored, whole as far as its size and head tell. A damaged one is replaced.
func (s *Store) intact(info Info) bool {
	f, err := s.open(info.SHA256)
	if err != nil {
		return false
	}
	defer f.Close()
	return f.head.size == info.Size
}

// touch says that somebody hands this content in now, so that it is not collected before a row names it. A content that was collected a moment ago is not
// there to be touched, and is placed anew.
func (s *Store) touch(sha string) bool {
	now := time.Now()
	return os.Chtimes(s.path(sha), now, now) == nil
}

// place renames a finished temporary file to its address and makes the name durable.
func (s *Store) place(temp, sha string) error {
	path := s.path(sha)
	shard := filepath.Dir(path)
	if err := os.MkdirAll(shard, 0o700); err != nil {
		return fmt.Errorf("placing file: %w", err)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("placing file: %w", err)
	}
	for _, dir := range []string{shard, filepath.Dir(shard), s.dir} {
		if err := syncDir(dir); err != nil {
			return fmt.Errorf("placing file: %w", err)
		}
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Open returns the content of the file with this address for reading and seeking. It returns fault.NotFound when there is none
// and [ErrDamaged] when it is cut off or its head was changed; damage further in is found when it is read.
func (s *Store) Open(_ context.Context, sha string) (io.ReadSeekCloser, Info, error) {
	f, err := s.open(sha)
	if err != nil {
		return nil, Info{}, err
	}
	return f, Info{SHA256: sha, Size: f.head.size, MediaType: f.head.kind.mediaType()}, nil
}

func (s *Store) open(sha string) (*reader, error) {
	sum, err := hex.DecodeString(sha)
	if err != nil || len(sum) != sha256.Size || hex.EncodeToString(sum) != sha {
		return nil, fault.New(fault.NotFound, "blob.not_found")
	}
	f, err := os.Open(s.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "blob.not_found").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("opening file: %w", err)
	}
	stat, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening file: %w", err), f.Close())
	}
	r, err := newReader(f, stat.Size(), s.keys)
	if err == nil && r.head.sum != [sha256.Size]byte(sum) {
		err = fmt.Errorf("the content of another file: %w", ErrDamaged)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening file %s: %w", sha, err), f.Close())
	}
	r.close = f.Close
	return r, nil
}

// Sweep removes temporary files last written before this time, left by a crash, and returns how many. Give it a time no running
// upload can be older than.
func (s *Store) Sweep(ctx context.Context, before time.Time) (int, error) {
	entries, err := os.ReadDir(s.temp())
	if err != nil {
		return 0, fmt.Errorf("sweeping temporary files: %w", err)
	}
	removed := 0
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
			continue // finished and renamed meanwhile, or not ours
		}
		if err := os.Remove(filepath.Join(s.temp(), e.Name())); err == nil {
			removed++
		}
	}
	return removed, nil
}

// Report is what [Store.Verify] found.
type Report struct {
	Files   int
	Bytes   int64
	Damaged []string // addresses of files that are not whole
}

// Verify reads every stored file and compares it with its address. It goes on after damage and lists it.
func (s *Store) Verify(ctx context.Context) (Report, error) {
	var report Report
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && d.IsDir() && filepath.Dir(path) == s.dir && slices.Contains(passing, d.Name()) {
				return fs.SkipDir
			}
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := s.verify(d.Name())
		if fault.Is(err, fault.NotFound) {
			return nil // removed meanwhile, or not a blob
		}
		report.Files++
		report.Bytes += n
		if err != nil {
			report.Damaged = append(report.Damaged, d.Name())
		}
		return nil
	})
	if err != nil {
		return report, fmt.Errorf("verifying files: %w", err)
	}
	return report, nil
}

func (s *Store) verify(sha string) (int64, error) {
	r, err := s.open(sha)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err == nil && [sha256.Size]byte(h.Sum(nil)) != r.head.sum {
		err = ErrDamaged
	}
	return n, err
}

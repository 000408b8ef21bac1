package blob

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm/smtest"
)

const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

func open(t *testing.T) *Store {
	t.Helper()
	s, err := New(t.TempDir(), 1<<20, smtest.Keyring(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Store) mustPut(t *testing.T, content, name string) Info {
	t.Helper()
	info, err := s.Put(t.Context(), strings.NewReader(content), name)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func (s *Store) read(t *testing.T, sha string) (string, error) {
	t.Helper()
	r, _, err := s.Open(t.Context(), sha)
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(r)
	return string(content), errors.Join(err, r.Close())
}

// files lists what is on disk below the store's folder.
func (s *Store) files(t *testing.T) (names []string) {
	t.Helper()
	err := filepath.WalkDir(s.dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(p, s.dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func packed(t *testing.T, entries map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range entries {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What a file is, is what its content says, whatever its name claims.
func TestKinds(t *testing.T) {
	s := open(t)
	png, jpeg := "\x89PNG\r\n\x1a\n"+strings.Repeat("\x00", 20), "\xff\xd8\xff\xe0"+strings.Repeat("\x00", 20)
	ofd := packed(t, map[string]string{"OFD.xml": `<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>`})
	for _, c := range []struct{ name, content, media, refusal string }{
		{"a.pdf", pdf, "application/pdf", ""}, {"a.PDF", pdf, "application/pdf", ""}, {`C:\a.pdf`, pdf, "application/pdf", ""},
		{"a.png", png, "image/png", ""}, {"a.jpg", jpeg, "image/jpeg", ""}, {"a.jpeg", jpeg, "image/jpeg", ""}, {"a.ofd", ofd, "application/ofd", ""},
		{"a.txt", "经营场所", "text/plain; charset=utf-8", ""}, {"a.csv", "名称,数量\n", "text/csv; charset=utf-8", ""},
		{"a.pdf", png, "", "blob.mislabelled"}, {"a.png", pdf, "", "blob.mislabelled"}, {"a.txt", pdf, "", "blob.mislabelled"}, {"a.csv", jpeg, "", "blob.mislabelled"},
		{"a.ofd", packed(t, map[string]string{"a.txt": "x"}), "", "blob.not_as_named"},
		{"a.ofd", packed(t, map[string]string{"OFD.xml": "<html/>"}), "", "blob.not_as_named"},
		{"a.ofd", ofd[:len(ofd)-10], "", "blob.not_as_named"},
		{"a.pdf", "MZ\x90\x00 a program", "", "blob.not_as_named"},
		{"a.exe", "MZ\x90\x00", "", "blob.unsupported"}, {"a.html", "<html>", "", "blob.unsupported"}, {"pdf", pdf, "", "blob.unsupported"}, {"", pdf, "", "blob.unsupported"},
		{"a.txt", "caf\xe9", "", "blob.not_utf8"}, {"a.txt", strings.Repeat("字", 30000) + "\xe5\xad", "", "blob.not_utf8"},
		{"a.pdf", "", "", "blob.empty"}, {"a.txt", strings.Repeat("x", 1<<20+1), "", "blob.too_large"},
	} {
		info, err := s.Put(t.Context(), strings.NewReader(c.content), c.name)
		if c.refusal == "" && (err != nil || info.MediaType != c.media) || c.refusal != "" && !fault.HasKey(err, c.refusal) {
			t.Errorf("%q with %.20q: %+v, %v, want %s%s", c.name, c.content, info, err, c.media, c.refusal)
		}
	}
	for _, name := range s.files(t) {
		if strings.HasPrefix(name, tempFolder) {
			t.Errorf("%s was left behind", name)
		}
	}
}

// Files of every length about the frames come back whole, and from anywhere.
func TestFrames(t *testing.T) {
	s := open(t)
	for _, size := range []int{1, frameSize - 1, frameSize, frameSize + 1, 2 * frameSize, 2*frameSize + 7, 1 << 20} {
		content := make([]byte, size)
		for i := range content {
			content[i] = 'a' + byte(rand.IntN(26))
		}
		info, err := s.Put(t.Context(), iotest.HalfReader(bytes.NewReader(content)), "a.txt")
		if err != nil || info.Size != int64(size) {
			t.Fatalf("%d bytes: %+v, %v", size, info, err)
		}
		if got, err := s.read(t, info.SHA256); err != nil || got != string(content) {
			t.Errorf("%d bytes come back as %d: %v", size, len(got), err)
		}
		stat, err := os.Stat(s.path(info.SHA256))
		if err != nil || stat.Size() != storedSize(int64(size)) {
			t.Errorf("%d bytes take %d on disk: %v", size, stat.Size(), err)
		}
		r, _, err := s.Open(t.Context(), info.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, content); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		raw, err := os.ReadFile(s.path(info.SHA256))
		if err != nil || size > 16 && bytes.Contains(raw, content[:16]) {
			t.Errorf("the content rests in clear: %v", err)
		}
	}
}

// Whatever is changed in a stored file is found, by Open or while it is read, and by Verify.
func TestDamageIsFound(t *testing.T) {
	s := open(t)
	other := s.mustPut(t, strings.Repeat("other", frameSize), "b.txt")
	info := s.mustPut(t, strings.Repeat("whole ", frameSize/2), "a.txt")
	path := s.path(info.SHA256)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(s.path(other.SHA256))
	if err != nil {
		t.Fatal(err)
	}
	swapped := bytes.Clone(whole)
	const stored = frameSize + 16
	copy(swapped[headSize:], whole[headSize+stored:headSize+2*stored])
	copy(swapped[headSize+stored:], whole[headSize:headSize+stored])
	for name, damaged := range map[string][]byte{
		"magic": flipped(whole, 0), "key": flipped(whole, len(magic)), "salt": flipped(whole, len(magic)+4), "head": flipped(whole, openSize), "head-tag": flipped(whole, headSize-1),
		"first-frame": flipped(whole, headSize), "second-frame": flipped(whole, headSize+stored), "last-byte": flipped(whole, len(whole)-1),
		"cut": whole[:len(whole)-1], "cut-frame": whole[:headSize+stored], "longer": append(bytes.Clone(whole), 0), "empty": nil, "head-only": whole[:headSize],
		"another-file": foreign, "frames-exchanged": swapped,
	} {
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.read(t, info.SHA256); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		report, err := s.Verify(t.Context())
		if err != nil || report.Files != 2 || len(report.Damaged) != 1 || report.Damaged[0] != info.SHA256 {
			t.Errorf("%s: verified as %+v, %v", name, report, err)
		}
	}
	if err := os.WriteFile(path, whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	if again := s.mustPut(t, strings.Repeat("whole ", frameSize/2), "a.txt"); again != info {
		t.Errorf("handed in again it is %+v", again)
	}
	if got, err := s.read(t, info.SHA256); err != nil || got != strings.Repeat("whole ", frameSize/2) {
		t.Errorf("handed in again the cut file is not replaced: %v", err)
	}
	for _, sha := range []string{"", "x", strings.ToUpper(info.SHA256), strings.Repeat("0", 64), "../../" + info.SHA256[6:]} {
		if _, err := s.read(t, sha); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", sha, err)
		}
	}
}

func flipped(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

// failing is a temporary file that fails at one thing.
type failing struct {
	tempFile
	at   string
	left int // bytes that still fit
	why  error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.at == "write" && f.left < 0 {
		return 0, &os.PathError{Op: "write", Path: f.Name(), Err: f.why}
	}
	return f.tempFile.Write(p)
}

func (f *failing) WriteAt(p []byte, at int64) (int, error) {
	if f.at == "head" {
		return 0, &os.PathError{Op: "write", Path: f.Name(), Err: f.why}
	}
	return f.tempFile.WriteAt(p, at)
}

func (f *failing) Sync() error {
	if f.at == "sync" {
		return &os.PathError{Op: "sync", Path: f.Name(), Err: f.why}
	}
	return f.tempFile.Sync()
}

// A disk that is full, wherever it is noticed, is told in a plain sentence, leaves nothing behind, and is forgotten when there is room.
func TestNoRoom(t *testing.T) {
	for _, at := range []string{"create", "write", "head", "sync"} {
		for _, why := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO} {
			t.Run(at+"-"+fmt.Sprint(int(why.(syscall.Errno))), func(t *testing.T) {
				s := open(t)
				before := s.mustPut(t, "before", "a.txt")
				whole := s.create
				s.create = func(dir string) (tempFile, error) {
					if at == "create" {
						return nil, &os.PathError{Op: "open", Path: dir, Err: why}
					}
					f, err := whole(dir)
					return &failing{f, at, frameSize, why}, err
				}
				_, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", 3*frameSize)), "b.txt")
				if full := fault.HasKey(err, "blob.no_space"); err == nil || full != (why != syscall.EIO) || full != fault.Is(err, fault.Busy) {
					t.Errorf("told %v", err)
				}
				if left := s.files(t); len(left) != 1 {
					t.Errorf("left behind: %v", left)
				}
				if got, err := s.read(t, before.SHA256); err != nil || got != "before" {
					t.Errorf("what was there is %q, %v", got, err)
				}
				s.create = whole
				if got, err := s.read(t, s.mustPut(t, strings.Repeat("x", 3*frameSize), "b.txt").SHA256); err != nil || len(got) != 3*frameSize {
					t.Errorf("with room again: %d bytes, %v", len(got), err)
				}
			})
		}
	}
}

// An upload that breaks off leaves nothing, and its own error passes.
func TestBrokenUpload(t *testing.T) {
	s := open(t)
	errGone := errors.New("the caller has gone")
	if _, err := s.Put(t.Context(), io.MultiReader(strings.NewReader(pdf), iotest.ErrReader(errGone)), "a.pdf"); !errors.Is(err, errGone) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, strings.NewReader(pdf), "a.pdf"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left := s.files(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Sweep takes what a crash left, and neither what is being written nor contents.
func TestSweep(t *testing.T) {
	s := open(t)
	info := s.mustPut(t, pdf, "a.pdf")
	for _, name := range []string{"put-old", "put-new"} {
		if err := os.WriteFile(filepath.Join(s.temp(), name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-48 * time.Hour)
	for _, p := range []string{filepath.Join(s.temp(), "put-old"), s.path(info.SHA256)} {
		if err := os.Chtimes(p, old, old); err != nil {
			t.Fatal(err)
		}
	}
	n, err := s.Sweep(t.Context(), time.Now().Add(-24*time.Hour))
	if left := s.files(t); err != nil || n != 1 || len(left) != 2 {
		t.Errorf("swept %d, %v; left %v", n, err, left)
	}
}

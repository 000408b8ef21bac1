package keeperweb

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
)

// envelope is what a form with a file has beside the file.
const envelope = 64 << 10

// mostUnpacked is how many times its size an archive may unpack to: tables pack well, but not without end.
const mostUnpacked = 100

// What one upload may bring, however well it is packed.
const (
	mostFiles    = 200
	mostOfAFile  = 2 << 30
	mostTogether = 4 << 30
	mostListing  = 256 << 10 // bytes read to learn what is in an archive: with names of a usual length enough for a thousand files
)

// uploaded are the files of one upload, kept in a folder of their own.
type uploaded struct {
	in       item.Import
	archives []*os.File
	unpacked uint64 // bytes of all archives together
	received []item.ProposedFile
	propose  bool // what is good is to be proposed
}

func (u *uploaded) close() {
	for _, a := range u.archives {
		_ = a.Close() // read only
	}
}

// receive stores the files of a form; an archive is the files in it.
func receive(r *http.Request, folder string, most int64) (*uploaded, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.form_unreadable").Because(err)
	}
	u := &uploaded{in: item.Import{DryRun: true}}
	whole := false
	defer func() {
		if !whole {
			u.close()
		}
	}()
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			whole = true
			return u, nil
		}
		if err != nil {
			return nil, unusable(err)
		}
		name := filepath.Base(part.FileName())
		switch {
		case part.FormName() == "do":
			what, err := io.ReadAll(io.LimitReader(part, 16))
			if err != nil {
				return nil, unusable(err)
			}
			u.propose = string(what) == "import"
		case part.FormName() == "file" && part.FileName() != "":
			at := filepath.Join(folder, strconv.Itoa(n))
			if err := store(at, part); err != nil {
				return nil, err
			}
			if err := u.add(name, at, most); err != nil {
				return nil, err
			}
		}
	}
}

// add takes a stored file as what its name says: a table, or an archive of tables.
func (u *uploaded) add(name, at string, most int64) error {
	if u.in.Name == "" {
		u.in.Name = name
	}
	u.received = append(u.received, item.ProposedFile{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(at) }})
	if strings.HasSuffix(strings.ToLower(name), ".zip") {
		return u.unpack(at, most)
	}
	return u.take(item.Source{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(at) }})
}

func unusable(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return fault.New(fault.Invalid, "page.form_unreadable").Because(err)
}

func store(at string, from io.Reader) error {
	f, err := os.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("storing an upload: %w", err)
	}
	if _, err = io.Copy(f, from); err != nil {
		err = unusable(err)
	}
	return errors.Join(err, f.Close())
}

// take adds a file, up to what one upload may bring.
func (u *uploaded) take(f item.Source) error {
	if len(u.in.Files) == mostFiles {
		return tooManyFiles()
	}
	u.in.Files = append(u.in.Files, f)
	return nil
}

func tooManyFiles() error {
	return fault.New(fault.TooLarge, "keeper.import.too_many_files", mostFiles)
}

// listing bounds what is read of an archive to learn what is in it. What an archive says of its number of files is not to be trusted.
type listing struct {
	io.ReaderAt
	left int // negative when the archive is open and all of it may be read
}

// ReadAt implements io.ReaderAt.
func (l *listing) ReadAt(p []byte, at int64) (int, error) {
	if l.left >= 0 {
		if len(p) > l.left {
			return 0, tooManyFiles()
		}
		l.left -= len(p)
	}
	return l.ReaderAt.ReadAt(p, at)
}

// openArchive lists what is in an archive.
func (u *uploaded) openArchive(at string) (*zip.Reader, error) {
	file, err := os.Open(at)
	if err != nil {
		return nil, fmt.Errorf("opening an upload: %w", err)
	}
	u.archives = append(u.archives, file)
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("opening an upload: %w", err)
	}
	l := &listing{file, mostListing}
	z, err := zip.NewReader(l, info.Size())
	switch {
	case fault.Is(err, fault.TooLarge):
		return nil, err
	case err != nil:
		return nil, fault.New(fault.Invalid, "keeper.import.bad_archive").Because(err)
	case len(z.File) > mostFiles:
		return nil, tooManyFiles()
	}
	l.left = -1
	return z, nil
}

// unpack takes the files of an archive; they are unpacked as they are read.
func (u *uploaded) unpack(at string, most int64) error {
	z, err := u.openArchive(at)
	if err != nil {
		return err
	}
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		size := f.UncompressedSize64
		if size > mostOfAFile || u.unpacked+size > min(uint64(most)*mostUnpacked, mostTogether) {
			return fault.New(fault.TooLarge, "keeper.import.bad_archive")
		}
		u.unpacked += size
		err := u.take(item.Source{Name: filepath.Base(f.Name), Open: func() (io.ReadCloser, error) {
			in, err := f.Open()
			if err != nil {
				return nil, fault.New(fault.Invalid, "keeper.import.bad_archive").Because(err)
			}
			return bounded{io.LimitReader(in, int64(size)), in}, nil
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// bounded reads no more than the archive says.
type bounded struct {
	io.Reader
	io.Closer
}

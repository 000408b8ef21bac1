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

// uploaded are the files of one upload, kept in a folder of their own.
type uploaded struct {
	in       item.Import
	archives []*zip.ReadCloser
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
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
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
			u.in.DryRun = string(what) != "import"
		case part.FormName() == "file" && part.FileName() != "":
			if u.in.Name == "" {
				u.in.Name = name
			}
			at := filepath.Join(folder, strconv.Itoa(n))
			if err := store(at, part); err != nil {
				return nil, err
			}
			if strings.HasSuffix(strings.ToLower(name), ".zip") {
				if err := u.unpack(at, most); err != nil {
					return nil, err
				}
				continue
			}
			u.in.Files = append(u.in.Files, item.Source{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(at) }})
		}
	}
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

// unpack takes the files of an archive; they are unpacked as they are read.
func (u *uploaded) unpack(at string, most int64) error {
	z, err := zip.OpenReader(at)
	if err != nil {
		return fault.New(fault.Invalid, "keeper.import.bad_archive").Because(err)
	}
	u.archives = append(u.archives, z)
	var size uint64
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if size += f.UncompressedSize64; size > uint64(most)*mostUnpacked {
			return fault.New(fault.TooLarge, "keeper.import.bad_archive")
		}
		u.in.Files = append(u.in.Files, item.Source{Name: filepath.Base(f.Name), Open: func() (io.ReadCloser, error) {
			in, err := f.Open()
			if err != nil {
				return nil, fault.New(fault.Invalid, "keeper.import.bad_archive").Because(err)
			}
			return bounded{io.LimitReader(in, int64(f.UncompressedSize64)), in}, nil
		}})
	}
	return nil
}

// bounded reads no more than the archive says.
type bounded struct {
	io.Reader
	io.Closer
}

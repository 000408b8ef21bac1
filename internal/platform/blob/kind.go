package blob

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/platform/fault"
)

// kind is what a content is. The numbers are stored: they are never given to another kind.
type kind byte

const (
	kindNone kind = iota
	kindPDF
	kindJPEG
	kindPNG
	kindOFD
	kindText
	kindCSV
)

// kinds lists what is taken: its media type and the endings its names may have, the usual one first.
var kinds = []struct {
	kind      kind
	mediaType string
	endings   []string
}{
	{kindPDF, "application/pdf", []string{"pdf"}},
	{kindJPEG, "image/jpeg", []string{"jpg", "jpeg"}},
	{kindPNG, "image/png", []string{"png"}},
	{kindOFD, "application/ofd", []string{"ofd"}},
	{kindText, "text/plain; charset=utf-8", []string{"txt"}},
	{kindCSV, "text/csv; charset=utf-8", []string{"csv"}},
}

func (k kind) mediaType() string {
	for _, row := range kinds {
		if row.kind == k {
			return row.mediaType
		}
	}
	return "application/octet-stream"
}

// ending returns the usual ending of the kind, for messages.
func (k kind) ending() string {
	for _, row := range kinds {
		if row.kind == k {
			return row.endings[0]
		}
	}
	return ""
}

// MediaTypes returns the media types the store takes, Endings the endings of their names without a dot: for the accept
// attribute of a file field.
func MediaTypes() []string {
	var out []string
	for _, row := range kinds {
		out = append(out, row.mediaType)
	}
	return out
}

// Endings returns the endings of file names the store takes, without the dot.
func Endings() []string {
	var out []string
	for _, row := range kinds {
		out = append(out, row.endings...)
	}
	return out
}

func unsupported() *fault.Error {
	return fault.New(fault.Unsupported, "blob.unsupported", strings.Join(Endings(), ", "))
}

// endingOf returns the kind a name claims.
func endingOf(name string) (kind, error) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	for _, row := range kinds {
		for _, e := range row.endings {
			if e == ending {
				return row.kind, nil
			}
		}
	}
	return kindNone, unsupported()
}

// maxZipDirectory bounds the memory a package may take while it is looked at, in bytes of its directory. An OFD document of a
// thousand pages has some 5,000 entries of 100 bytes.
const maxZipDirectory = 2 << 20

// inspector looks at the content as it passes. It refuses as early as it can: a film renamed to .pdf costs one frame.
type inspector struct {
	ending kind
	begun  bool
	first  kind   // what the beginning looks like; kindOFD for any package of that sort
	split  []byte // the beginning of a character that the last piece cut
}

// write looks at the next piece. The first piece is the whole file or at least a frame.
func (i *inspector) write(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if !i.begun {
		i.begun = true
		i.first = sniff(p)
		if err := i.agree(i.first); err != nil {
			return err
		}
	}
	if i.first == kindText && !i.text(p) {
		return fault.New(fault.Unsupported, "blob.not_utf8")
	}
	return nil
}

// agree compares what the content is with what the name says.
func (i *inspector) agree(found kind) error {
	if found == i.ending || found == kindText && i.ending == kindCSV {
		return nil
	}
	return i.refuse(found)
}

func (i *inspector) refuse(found kind) error {
	if found == kindNone {
		return fault.New(fault.Unsupported, "blob.not_as_named", i.ending.ending())
	}
	return fault.New(fault.Unsupported, "blob.mislabelled", i.ending.ending(), found.ending())
}

// decide gives the final word once everything has passed. content is asked only for packages.
func (i *inspector) decide(content func() (io.ReaderAt, int64, error)) (kind, error) {
	switch i.first {
	case kindText:
		if len(i.split) > 0 {
			return kindNone, fault.New(fault.Unsupported, "blob.not_utf8")
		}
		return i.ending, nil
	case kindOFD:
		r, size, err := content()
		if err != nil {
			return kindNone, err
		}
		ofd, err := isOFD(r, size)
		if err != nil {
			return kindNone, fmt.Errorf("looking into package: %w", err)
		}
		if !ofd {
			return kindNone, i.refuse(kindNone)
		}
	}
	return i.first, nil
}

// sniff tells what a beginning looks like.
func sniff(p []byte) kind {
	media, _, _ := strings.Cut(http.DetectContentType(p), ";")
	switch media {
	case "application/pdf":
		return kindPDF
	case "image/jpeg":
		return kindJPEG
	case "image/png":
		return kindPNG
	case "application/zip":
		return kindOFD
	case "text/plain":
		return kindText
	}
	return kindNone
}

// text tells whether the next piece goes on being UTF-8 text without control characters.
func (i *inspector) text(p []byte) bool {
	if len(i.split) > 0 {
		p = append(i.split, p...)
		i.split = nil
	}
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n == 1 {
			if utf8.FullRune(p) {
				return false
			}
			i.split = append([]byte(nil), p...)
			return true
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' || r == 0x7f {
			return false
		}
		p = p[n:]
	}
	return true
}

// isOFD tells whether a package is an OFD document (GB/T 33190): a zip with OFD.xml at its root that names the standard.
func isOFD(r io.ReaderAt, size int64) (bool, error) {
	if ok, err := smallZip(r, size); err != nil || !ok {
		return false, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return false, damaged(err)
	}
	f, err := z.Open("OFD.xml")
	if err != nil {
		return false, damaged(err)
	}
	defer f.Close()
	begin, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return false, damaged(err)
	}
	return bytes.Contains(begin, []byte("ofdspec.org")), nil
}

// damaged passes the errors of the store on; any other means that the upload is no such package.
func damaged(err error) error {
	if errors.Is(err, ErrDamaged) {
		return err
	}
	return nil
}

// smallZip tells from the end record of a zip, before anything is allocated for its entries, whether it is one we look into:
// whole, not in the 64-bit form, with a directory of bounded size that ends where the end record begins.
func smallZip(r io.ReaderAt, size int64) (bool, error) {
	const recordSize, maxComment = 22, 1<<16 - 1
	tail := make([]byte, min(size, recordSize+maxComment))
	start := size - int64(len(tail))
	if _, err := r.ReadAt(tail, start); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < recordSize {
		return false, nil
	}
	length := int64(binary.LittleEndian.Uint32(tail[at+12:]))
	offset := int64(binary.LittleEndian.Uint32(tail[at+16:]))
	return length <= maxZipDirectory && offset+length == start+int64(at), nil
}

// bytesText writes a size the way people say it: "20 MB".
func bytesText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

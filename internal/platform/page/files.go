package page

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"xiangyun/internal/platform/fault"
)

// Sent is what a form with files carried.
type Sent struct {
	Values  url.Values
	Files   map[string][]string // ids of the files that were stored, by what stands behind "file." in their field's name
	Refusal *fault.Error        // a field "file.CODE" for each file that was not; nil by OrNil when all were
}

// mostText bounds the values of a form with files, mostParts how many parts it has: each costs something, be it empty.
const (
	mostText  = 1 << 20
	mostParts = 2000
)

// ReadFiles reads a form with files as it comes: no file is ever whole in memory, and none rests unsealed on a disk. Files are the fields "file.CODE" of a
// code that takes says yes to; others are passed over. store keeps one and returns its id; what it refuses as too large, of a wrong kind or too much is told
// in [Sent.Refusal] and the others go on, every other error ends it. A form that was cut off is fault.Invalid "page.upload_broken".
func ReadFiles(r *http.Request, takes func(code string) bool, store func(content io.Reader, name string) (id string, err error)) (Sent, error) {
	in := Sent{Values: url.Values{}, Files: map[string][]string{}, Refusal: fault.New(fault.Invalid, "page.files_refused")}
	parts, err := r.MultipartReader()
	if err != nil {
		return in, badForm(err)
	}
	left := int64(mostText)
	for count := 1; ; count++ {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // a wrapped EOF is a form that was cut off
			return in, nil
		}
		if err != nil {
			return in, Cut(err, notWhole())
		}
		if left -= int64(len(part.FormName())); left < 0 || count > mostParts {
			return in, fault.New(fault.TooLarge, "page.form_too_large")
		}
		code, isFile := strings.CutPrefix(part.FormName(), "file.")
		switch {
		case !isFile:
			err = in.value(part, &left)
		case part.FileName() != "" && takes(code):
			err = in.file(part, code, store)
		}
		if err != nil {
			return in, err
		}
	}
}

// value reads one text of the form.
func (in *Sent) value(part *multipart.Part, left *int64) error {
	text, err := io.ReadAll(io.LimitReader(part, *left+1))
	if err != nil {
		return Broken(err, notWhole())
	}
	if *left -= int64(len(text)); *left < 0 {
		return fault.New(fault.TooLarge, "page.form_too_large")
	}
	in.Values.Add(part.FormName(), strings.TrimSpace(string(text)))
	return nil
}

func (in *Sent) file(part *multipart.Part, code string, store func(io.Reader, string) (string, error)) error {
	id, err := store(part, part.FileName())
	if err == nil {
		in.Files[code] = append(in.Files[code], id)
		return nil
	}
	if whole, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return whole // the rest of the form can't be read any more
	}
	why, ok := fault.Of(err)
	if !ok {
		return Broken(err, notWhole())
	}
	switch why.Kind {
	case fault.TooLarge, fault.Unsupported, fault.Invalid, fault.TooMany:
		in.Refusal.Field("file."+code, why.Key, why.Args...)
		return nil
	}
	return err
}

// Broken returns err, met while a part of a form was read, or refused because of it where the part was cut off: that is a fault of the connection, not
// of ours.
func Broken(err error, refused *fault.Error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return Cut(err, refused)
	}
	return err
}

// Cut is the refusal of a form whose parts can't be read on; one that is larger than may be stays [http.MaxBytesError].
func Cut(err error, refused *fault.Error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return refused.Because(err)
}

func notWhole() *fault.Error { return fault.New(fault.Invalid, "page.upload_broken") }

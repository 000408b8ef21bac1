package casefileweb

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/fault"
)

// handed is what a form with files sent: its values, the files that were stored by the code of their material, and why others were not.
type handed struct {
	values  url.Values
	files   map[string][]string
	refusal *fault.Error
}

// mostText bounds the values of a form with files.
const mostText = 1 << 20

// receiveFiles reads a form with files as it comes: no file is ever whole in memory. A file of a material that takes none is passed over; one the
// store refuses is told by field "file.CODE" and the others go on.
func (s *site) receiveFiles(r *http.Request, takes func(code string) bool) (handed, error) {
	in := handed{values: url.Values{}, files: map[string][]string{}, refusal: fault.New(fault.Invalid, "casefile.bad_materials")}
	parts, err := r.MultipartReader()
	if err != nil {
		return in, fault.New(fault.Invalid, "casefile.unreadable").Because(err)
	}
	left := int64(mostText)
	for {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // a wrapped EOF is a form that was cut off
			return in, nil
		}
		if err != nil {
			return in, cut(err)
		}
		code, isFile := strings.CutPrefix(part.FormName(), "file.")
		switch {
		case !isFile:
			err = in.value(part, &left)
		case part.FileName() != "" && takes(code):
			err = s.take(r, &in, part, code)
		}
		if err != nil {
			return in, err
		}
	}
}

// value reads one text of the form.
func (in *handed) value(part *multipart.Part, left *int64) error {
	text, err := io.ReadAll(io.LimitReader(part, *left+1))
	if err != nil {
		return broken(err)
	}
	if *left -= int64(len(text)); *left < 0 {
		return fault.New(fault.TooLarge, "casefile.unreadable")
	}
	in.values.Add(part.FormName(), strings.TrimSpace(string(text)))
	return nil
}

// take stores one file.
func (s *site) take(r *http.Request, in *handed, part *multipart.Part, code string) error {
	f, err := s.Materials.Upload(r.Context(), by(r), part, part.FileName())
	if err == nil {
		in.files[code] = append(in.files[code], f.ID)
		return nil
	}
	why, ok := fault.Of(err)
	if !ok {
		return broken(err)
	}
	if whole, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return whole // the rest of the form can't be read any more
	}
	switch why.Kind {
	case fault.TooLarge, fault.Unsupported, fault.Invalid:
		in.refusal.Field("file."+code, why.Key, why.Args...)
		return nil
	}
	return err
}

// broken tells an upload that was cut off from a fault of ours.
func broken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return cut(err)
	}
	return err
}

// cut is the refusal of a form that is not whole.
func cut(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return fault.New(fault.Invalid, "casefile.upload_broken").Because(err)
}

// What a file may do in a browser: nothing. The viewer of PDF files does not start inside a sandbox, so they get the same closed policy without one.
const (
	sealedPolicy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
	viewerPolicy = "default-src 'none'; object-src 'self'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)

// send answers with a file. Its type is what the store found the content to be, never what its name says; what a browser can't show safely
// is saved.
func (s *site) send(w http.ResponseWriter, r *http.Request, f material.File) error {
	content, err := s.Materials.Read(r.Context(), f)
	if err != nil {
		return err
	}
	defer content.Close()
	shown, policy := "attachment", sealedPolicy
	switch f.MediaType {
	case "application/pdf":
		shown, policy = "inline", viewerPolicy
	case "image/jpeg", "image/png":
		shown = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(shown, map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", f.At, content)
	return nil
}

// file is GET /cases/{number}/files/{id}.
func (s *site) file(w http.ResponseWriter, r *http.Request) error {
	f, err := s.Cases.File(r.Context(), by(r), r.PathValue("number"), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.send(w, r, f)
}

package casefileweb

import (
	"io"
	"mime"
	"net/http"

	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/page"
)

// receiveFiles reads a form with files and stores those of the materials that take them.
func (s *site) receiveFiles(r *http.Request, takes func(code string) bool) (page.Sent, error) {
	return page.ReadFiles(r, takes, func(content io.Reader, name string) (string, error) {
		f, err := s.Materials.Upload(r.Context(), by(r), content, name)
		return f.ID, err
	})
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

// Package materialweb takes files in and tells what they are: the JSON API of uploads.
//
//	POST /api/v1/uploads ─► id ─► POST /api/v1/cases, materials: [{code, upload: id}]
//
// A file is streamed from the connection into the store, which looks at its content; it is never whole in memory. It belongs to who uploaded
// it, and is forgotten after a week unless a case used it. Pages have no use for this package: their forms carry files themselves.
package materialweb

import (
	"context"
	"embed"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the routes are made from.
type Deps struct {
	DB        *db.DB
	Materials *material.Service
	MaxBytes  int64 // of one file
}

// site answers the routes.
type site struct{ Deps }

// envelope is what a multipart body may hold beside the file.
const envelope = 64 << 10

type fileJSON struct {
	ID        string `json:"id"`
	SHA256    string `json:"sha256"`
	Size      int64  `json:"size"`
	MediaType string `json:"media_type" doc:"what the content is, whatever its name says"`
}

type fileInput struct {
	ID string `path:"id" maxLength:"60"`
}

type fileOutput struct{ Body fileJSON }

// Routes adds the routes of uploads.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	r.Upload("POST /api/v1/uploads", web.SignedIn, d.MaxBytes+envelope, s.upload)
	r.Document(uploadOperation())
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "get-upload", Method: http.MethodGet, Path: "/api/v1/uploads/{id}", Summary: "What an uploaded file is",
		Description: "For who uploaded it, and whom he acts for."}, s.get)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "discard-upload", Method: http.MethodDelete, Path: "/api/v1/uploads/{id}", DefaultStatus: http.StatusNoContent,
		Summary: "Forget an uploaded file", Description: "Of who uploaded it, unless a case used it: it waits no longer, see 429 of the upload. Twice does no harm."}, s.discard)
}

func uploadOperation() huma.Operation {
	text := &huma.Schema{Type: "string"}
	file := &huma.Schema{Type: "object", Required: []string{"id", "sha256", "size", "media_type"}, Properties: map[string]*huma.Schema{
		"id": text, "sha256": text, "size": {Type: "integer"}, "media_type": text}}
	return huma.Operation{OperationID: "upload-file", Method: http.MethodPost, Path: "/api/v1/uploads", Summary: "Upload a file",
		Description: "413 when it is too large, 415 when it is no kind that is taken or not what its name says, 422 without the part file, 429 when as much waits or was sent today as may, 503 when there is no space.",
		Security:    []map[string][]string{{"token": {}}},
		Parameters:  []*huma.Param{{Name: "Idempotency-Key", In: "header", Description: "the same key and file get the first answer", Schema: text}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{Type: "object", Required: []string{"file"},
			Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary"}}}}}},
		Responses: map[string]*huma.Response{"201": {Description: "Stored", Content: map[string]*huma.MediaType{"application/json": {Schema: file}}}}}
}

// upload is POST /api/v1/uploads.
func (s *site) upload(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	part, err := filePart(r)
	if err != nil {
		return err
	}
	f, err := s.Materials.Upload(ctx, by, part, part.FileName())
	if err != nil {
		return page.Broken(err, notWhole())
	}
	// A file sent again under its key was stored again; its first id is told, and the second is forgotten with all that nobody uses.
	key := once.Params{Actor: by.Name(), Key: r.Header.Get("Idempotency-Key"), Digest: "uploads " + f.SHA256}
	out, _, err := once.Do(ctx, s.DB, key, func(*db.Tx) (fileJSON, error) { return jsonOf(f), nil })
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusCreated, out)
}

// filePart finds the part named file; what comes before it is passed over.
func filePart(r *http.Request) (*multipart.Part, error) {
	none := fault.New(fault.Invalid, "material.no_file_part").Field("file", "material.no_file_part")
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, none.Because(err)
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // a wrapped EOF is a body that was cut off
			return nil, none
		}
		if err != nil {
			return nil, page.Cut(err, notWhole())
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
}

func notWhole() *fault.Error {
	return fault.New(fault.Invalid, "material.upload_broken").Field("file", "material.upload_broken")
}

func jsonOf(f material.File) fileJSON { return fileJSON{f.ID, f.SHA256, f.Size, f.MediaType} }

func (s *site) get(ctx context.Context, in *fileInput) (*fileOutput, error) {
	var f material.File
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		f, err = s.Materials.Mine(ctx, tx, actor.FromContext(ctx), in.ID)
		return err
	})
	return &fileOutput{Body: jsonOf(f)}, err
}

func (s *site) discard(ctx context.Context, in *fileInput) (*struct{}, error) {
	return nil, s.Materials.Discard(ctx, actor.FromContext(ctx), []string{in.ID})
}

package keeperweb

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

func (s *site) fileRoutes(r *web.Router) {
	r.Page("GET /desk/library/items/{code}/files", web.Staff, s.files)
	r.LargeUpload("POST /desk/library/items/{code}/files", web.Staff, 2*s.MaxBytes+envelope, tooLarge(2*s.MaxBytes), s.attach)
}

// filesView is what can be opened of each material of an item.
type filesView struct {
	Code      string
	Name      string
	State     item.State
	Materials []item.Material
	Files     []item.MaterialFile
	May       bool // who looks may attach and remove
	Most      int64
	Done      string
	Errors    design.Errors
}

func filesAt(code string) string { return itemAt(code) + "/files" }

// files is GET /desk/library/items/{code}/files: the blank forms and samples of an item's materials.
func (s *site) files(w http.ResponseWriter, r *http.Request) error {
	return s.showFiles(w, r, http.StatusOK, nil)
}

func (s *site) showFiles(w http.ResponseWriter, r *http.Request, code int, errors design.Errors) error {
	ctx := r.Context()
	v := filesView{Code: r.PathValue("code"), Most: s.MaxBytes, Done: r.URL.Query().Get("done"), Errors: errors}
	if _, err := s.Items.Editions(ctx, actor.FromContext(ctx), v.Code, 0, 1); err != nil {
		return err // keepers only
	}
	v.May = s.Items.KeepsFiles(actor.FromContext(ctx), v.Code) == nil
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		b, err := s.Items.Base(ctx, tx, v.Code)
		if err != nil {
			return err
		}
		v.Name, v.State, v.Materials = b.Name, b.State, b.Guide.Materials
		v.Files, err = s.Items.Files(ctx, tx, v.Code)
		return err
	})
	if err != nil {
		return err
	}
	return page.Render(w, r, code, filesPage(v))
}

// attach is POST /desk/library/items/{code}/files: files become the blanks and samples of materials; remove takes one away.
func (s *site) attach(w http.ResponseWriter, r *http.Request) error {
	ctx, code := r.Context(), r.PathValue("code")
	by := actor.FromContext(ctx)
	if err := s.Items.KeepsFiles(by, code); err != nil {
		return err // before a byte of the files is taken
	}
	name := "" // of the field being read
	in, err := page.ReadFiles(r, func(field string) bool { name = field; return true }, func(content io.Reader, file string) (string, error) {
		material, kind := materialAndKind(name)
		return file, s.Items.AttachFile(ctx, by, code, material, kind, content, file)
	})
	if err != nil {
		return err
	}
	if gone := in.Values.Get("remove"); gone != "" {
		material, kind := materialAndKind(gone)
		if err := s.Items.RemoveFile(ctx, by, code, material, kind); err != nil {
			return err
		}
		web.Redirect(w, r, filesAt(code)+"?done=file_removed")
		return nil
	}
	if err := in.Refusal.OrNil(); err != nil {
		return s.showFiles(w, r, status(err), design.ErrorsOf(ctx, err))
	}
	if len(in.Files) == 0 {
		web.Redirect(w, r, filesAt(code))
		return nil
	}
	web.Redirect(w, r, filesAt(code)+"?done=file_attached")
	return nil
}

// materialAndKind takes the name of a field apart: M000011.blank.
func materialAndKind(field string) (material, kind string) {
	i := strings.LastIndexByte(field, '.')
	if i < 0 {
		return field, ""
	}
	return field[:i], field[i+1:]
}

// of are the files of a material, each with the button that takes it away.
func (v filesView) of(ctx context.Context, m item.Material) []design.FileItem {
	var list []design.FileItem
	for _, f := range v.Files {
		if f.MaterialCode == m.Code {
			one := design.FileItem{Name: f.Name, Href: "/items/" + v.Code + "/materials/" + url.PathEscape(m.Code) + "/" + f.Kind, Size: f.Size,
				Note: page.T(ctx, "keeper.part."+f.Kind) + " · " + page.Date(ctx, f.AttachedAt)}
			if v.May {
				one.Remove = &design.ButtonParams{Text: page.T(ctx, "keeper.files.remove"), Label: f.Name, Kind: design.Quiet, Name: "remove", Value: m.Code + "." + f.Kind, NoCheck: true}
			}
			list = append(list, one)
		}
	}
	return list
}

// open tells whether the form of a material is shown at once: something is wrong in it, or it has files.
func (v filesView) open(m item.Material) bool {
	return slices.ContainsFunc(v.Errors, func(e design.FieldError) bool { return strings.HasPrefix(e.Name, "file."+m.Code+".") }) ||
		slices.ContainsFunc(v.Files, func(f item.MaterialFile) bool { return f.MaterialCode == m.Code })
}

// drawn says what people can open of a material without any file.
func drawn(ctx context.Context, m item.Material) string {
	switch {
	case m.Paper != "":
		return page.T(ctx, "keeper.files.by_paper", optionName(ctx, "paper", m.Paper))
	case slices.ContainsFunc(m.Ways, func(w item.Way) bool { return w.Kind == item.WayForm }):
		return page.T(ctx, "keeper.files.by_form")
	}
	return page.T(ctx, "keeper.files.none")
}

// endings are those of the files the store takes.
func endings() []string {
	list := blob.Endings()
	for i, e := range list {
		list[i] = "." + e
	}
	return list
}

package itemweb

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// paperRows is how many empty rows a table of a blank has.
const paperRows = 8

// What a file may do in a browser: nothing. The viewer of PDF files does not start inside a sandbox, so they get the same closed policy without one.
const (
	sealedPolicy = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
	viewerPolicy = "default-src 'none'; object-src 'self'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)

// paperView is the text of one material on paper, empty or filled.
type paperView struct {
	guideView
	Material item.Material
	Sample   bool
	Lines    []string
	Table    []design.SheetField
	Signs    []design.SheetField
	QR       *design.SheetQR
}

// paperPath is where a material's blank or sample is.
func paperPath(v guideView, m item.Material, kind string) string {
	return guidePath(v) + "/materials/" + url.PathEscape(m.Code) + "/" + kind
}

// paperLink is one thing to open of a material.
type paperLink struct{ href, text string }

// papersOf are the blank and the sample of a material: the keeper's files, else the text it is written by, else the form people fill.
func papersOf(ctx context.Context, v guideView, m item.Material) []paperLink {
	var links []paperLink
	for _, kind := range []string{item.BlankFile, item.SampleFile} {
		text := page.T(ctx, "item.take."+kind)
		f, attached := v.file(m.Code, kind)
		switch {
		case attached:
			links = append(links, paperLink{paperPath(v, m, kind), page.T(ctx, "item.papers.file", page.T(ctx, "item.material."+kind), f.Name)})
		case m.Paper != "":
			links = append(links, paperLink{paperPath(v, m, kind), text})
		case hasForm(v.Entry, m):
			links = append(links, paperLink{guidePath(v) + "/forms/" + kind, text})
		}
	}
	return links
}

// file returns what the keeper attached to a material.
func (v *guideView) file(code, kind string) (item.MaterialFile, bool) {
	for _, f := range v.Files {
		if f.MaterialCode == code && f.Kind == kind {
			return f, true
		}
	}
	return item.MaterialFile{}, false
}

// paper is GET /items/{code}/materials/{material}/{kind}: the keeper's file, or the text drawn for this guide, or the item's form.
func (s *site) paper(w http.ResponseWriter, r *http.Request) error {
	v := paperView{Sample: r.PathValue("kind") == item.SampleFile}
	var err error
	if s.Cache != nil { // what was attached or taken away a moment ago counts
		if err = s.refresh(r.Context()); err != nil {
			return err
		}
	}
	if v.guideView, err = s.guideOf(r, r.PathValue("code")); err != nil {
		return err
	}
	found := false
	for _, m := range v.Entry.Guide.Materials {
		if m.Code == r.PathValue("material") {
			v.Material, found = m, true
		}
	}
	if !found || !v.Sample && r.PathValue("kind") != item.BlankFile {
		return fault.New(fault.NotFound, "item.no_such_material")
	}
	if f, ok := v.file(v.Material.Code, r.PathValue("kind")); ok {
		return s.sendFile(w, r, f)
	}
	text, ok := item.PaperOf(v.Material.Paper)
	switch {
	case ok:
	case hasForm(v.Entry, v.Material):
		http.Redirect(w, r, guidePath(v.guideView)+"/forms/"+r.PathValue("kind"), http.StatusSeeOther)
		return nil
	default:
		return fault.New(fault.NotFound, "item.no_such_file")
	}
	v.write(r.Context(), text)
	if v.QR, err = s.code(r.Context(), guidePath(v.guideView)); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, paperPage(v))
}

// write puts the text on the sheet.
func (v *paperView) write(ctx context.Context, text item.Paper) {
	known := map[string]string{"item": v.Entry.Name, "office": v.Entry.OfficeName, "material": v.Material.Name}
	if v.Entry.OfficeName == "" {
		known["office"] = page.T(ctx, "item.papers.office")
	}
	table := &design.SheetTable{Columns: text.Columns}
	if v.Sample {
		who := item.Person
		if len(v.Entry.Audience) == 1 {
			who = v.Entry.Audience[0]
		}
		v.Lines, table.Rows = text.Filled(known, who), text.Rows
	} else {
		v.Lines = text.Blank(known)
		for range paperRows {
			table.Rows = append(table.Rows, make([]string, len(text.Columns)))
		}
	}
	if len(text.Columns) > 0 {
		v.Table = []design.SheetField{{Title: v.Material.Name, Table: table}}
	}
	for _, who := range text.Signs {
		v.Signs = append(v.Signs, design.SheetField{Title: who})
	}
	v.Signs = append(v.Signs, design.SheetField{Title: page.T(ctx, "item.forms.signed_on"), Value: page.T(ctx, "item.forms.date")})
}

func (v paperView) title(ctx context.Context) string {
	if v.Sample {
		return page.T(ctx, "item.material.sample")
	}
	return page.T(ctx, "item.material.blank")
}

func (v paperView) mark(ctx context.Context) string {
	if v.Sample {
		return page.T(ctx, "item.forms.mark")
	}
	return ""
}

// sendFile answers with a keeper's file. Its type is what the store found the content to be, never what its name says; what a browser can't show safely
// is saved. It may be kept by anybody for a minute: it is public and may be replaced.
func (s *site) sendFile(w http.ResponseWriter, r *http.Request, f item.MaterialFile) error {
	content, err := s.Items.OpenFile(r.Context(), f)
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
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("ETag", `"`+f.SHA256+`"`)
	http.ServeContent(w, r, "", f.AttachedAt, content)
	return nil
}

// papersNote says on the sheet to take away what can be opened of a material.
func papersNote(ctx context.Context, v guideView, m item.Material) string {
	if len(papersOf(ctx, v, m)) == 0 {
		return ""
	}
	return page.T(ctx, "item.papers.note")
}

// joined puts the notes of a material behind each other.
func joined(notes ...string) string {
	var said []string
	for _, n := range notes {
		if n != "" {
			said = append(said, n)
		}
	}
	return strings.Join(said, " ")
}

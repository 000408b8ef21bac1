package itemweb

import (
	"context"
	"net/http"

	"xiangyun/internal/design"
	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// How much room a paper form gives.
const (
	boxesAtMost = 12 // options that are printed as boxes to tick; more are written
	linesOfLong = 3  // of a field of several lines
	emptyRows   = 3  // of a list
)

// formView is an item's form on paper.
type formView struct {
	guideView
	Form   *form.Definition
	Fields []design.SheetField
	Sample bool
	QR     *design.SheetQR
}

// blank is GET /items/{code}/forms/blank: the empty form (空白表格), drawn from the definition people fill online, so the two never differ.
func (s *site) blank(w http.ResponseWriter, r *http.Request) error { return s.paperForm(w, r, false) }

// sample is GET /items/{code}/forms/sample: the same filled with the form's examples (示例样表).
func (s *site) sample(w http.ResponseWriter, r *http.Request) error { return s.paperForm(w, r, true) }

func (s *site) paperForm(w http.ResponseWriter, r *http.Request, sample bool) error {
	ctx, v := r.Context(), formView{Sample: sample}
	var err error
	if v.guideView, err = s.guideOf(r, r.PathValue("code")); err != nil {
		return err
	}
	if v.Entry.Guide.FormKey == "" {
		return fault.New(fault.NotFound, "item.forms.none")
	}
	err = s.DB.Glance(ctx, func(tx *db.Tx) (err error) {
		v.Form, err = s.Forms.Latest(ctx, tx, v.Entry.Guide.FormKey)
		return err
	})
	if err != nil {
		return err
	}
	var answers map[string]any
	if sample {
		answers = form.Example(v.Form)
	}
	v.Fields = sheetFields(ctx, v.Form.Fields, answers)
	if v.QR, err = s.code(ctx, guidePath(v.guideView)); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, formPage(v))
}

func (v formView) title(ctx context.Context) string {
	if v.Sample {
		return page.T(ctx, "item.material.sample")
	}
	return page.T(ctx, "item.material.blank")
}

func (v formView) mark(ctx context.Context) string {
	if v.Sample {
		return page.T(ctx, "item.forms.mark")
	}
	return ""
}

// hasForm tells whether a material is made from the form people fill, which can then be printed.
func hasForm(e *item.Entry, m item.Material) bool {
	if e.Guide.FormKey == "" {
		return false
	}
	for _, w := range m.Ways {
		if w.Kind == item.WayForm {
			return true
		}
	}
	return false
}

// sheetFields draws the fields of a form on paper; answers fill them, nil leaves room to write.
func sheetFields(ctx context.Context, fields []form.Field, answers map[string]any) []design.SheetField {
	var list []design.SheetField
	for i, f := range fields {
		switch f.Kind {
		case form.Group:
			inner, _ := answers[f.Name].(map[string]any)
			list = append(list, design.SheetField{Title: f.Title, Heading: true})
			list = append(list, sheetFields(ctx, f.Fields, inner)...)
		case form.List:
			list = append(list, sheetList(f, answers[f.Name]))
		default:
			one := sheetField(ctx, f, answers[f.Name])
			one.Apart = i > 0 && (fields[i-1].Kind == form.Group || fields[i-1].Kind == form.List)
			list = append(list, one)
		}
	}
	return list
}

func sheetField(ctx context.Context, f form.Field, answer any) design.SheetField {
	out := design.SheetField{Title: f.Title, Hint: f.Help, Required: f.Required && !f.Conditional(), Value: f.Show(answer)}
	switch f.Kind {
	case form.Long:
		out.Lines = linesOfLong
	case form.YesNo:
		out.Options = []string{f.Show(true), f.Show(false)}
	case form.Choice, form.Select, form.Choices:
		if len(f.Options) > boxesAtMost {
			break
		}
		for _, o := range f.Options {
			out.Options = append(out.Options, o.Title)
		}
	case form.Date:
		if answer == nil {
			out.Value = page.T(ctx, "item.forms.date")
		}
	}
	if out.Options != nil && answer != nil {
		out.Chosen = shown(f, answer)
	}
	return out
}

// shown are the titles of the options an answer chooses.
func shown(f form.Field, answer any) []string {
	many, ok := answer.([]any)
	if !ok {
		return []string{f.Show(answer)}
	}
	var titles []string
	for _, a := range many {
		titles = append(titles, f.Show(a))
	}
	return titles
}

// sheetList draws a list as a table with a column for each field.
func sheetList(f form.Field, answer any) design.SheetField {
	t := &design.SheetTable{}
	for _, c := range f.Fields {
		t.Columns = append(t.Columns, c.Title)
	}
	entries, _ := answer.([]any)
	for _, e := range entries {
		inner, _ := e.(map[string]any)
		var row []string
		for _, c := range f.Fields {
			row = append(row, c.Show(inner[c.Name]))
		}
		t.Rows = append(t.Rows, row)
	}
	for len(t.Rows) < emptyRows && answer == nil {
		t.Rows = append(t.Rows, make([]string, len(f.Fields)))
	}
	return design.SheetField{Title: f.Title, Table: t}
}

// signFields are where a paper form is signed.
func signFields(ctx context.Context) []design.SheetField {
	return []design.SheetField{{Title: page.T(ctx, "item.forms.signature")}, {Title: page.T(ctx, "item.forms.signed_on"), Value: page.T(ctx, "item.forms.date")}}
}

package powerweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/power"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

const inspectionsAt = "/desk/powers/inspections"

type inspectionsView struct {
	Rows    []power.InspectionItem
	Total   int
	Next    string
	Paged   bool
	MayLoad bool
	Done    string
	Errors  design.Errors
}

// inspections is GET /desk/powers/inspections?after=: the inspection items the list is compared with.
func (s *site) inspections(w http.ResponseWriter, r *http.Request) error {
	return s.showInspections(w, r, http.StatusOK, nil)
}

func (s *site) showInspections(w http.ResponseWriter, r *http.Request, status int, mistakes design.Errors) error {
	ctx, q := r.Context(), r.URL.Query()
	by := actor.FromContext(ctx)
	list, err := s.Powers.Inspections(ctx, by)
	if err != nil {
		return err
	}
	v := inspectionsView{Total: len(list), Paged: q.Get("after") != "", MayLoad: s.Powers.MayLoadInspections(by), Done: q.Get("done"), Errors: mistakes}
	for _, i := range list {
		if i.Code <= q.Get("after") {
			continue
		}
		if len(v.Rows) == rowsShown {
			v.Next = v.Rows[rowsShown-1].Code
			break
		}
		v.Rows = append(v.Rows, i)
	}
	return page.Render(w, r, status, inspectionsPage(v))
}

// loadInspections is POST /desk/powers/inspections: a table in the place of what there was.
func (s *site) loadInspections(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	by := actor.FromContext(ctx)
	file, _, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		err = fault.New(fault.Invalid, "power.bad_inspections").Field("file", "power.inspections_file")
		return s.showInspections(w, r, http.StatusUnprocessableEntity, design.ErrorsOf(ctx, err))
	}
	if err != nil {
		return fault.New(fault.Invalid, "page.form_unreadable").Because(err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	table, err := io.ReadAll(file)
	if err != nil {
		return fmt.Errorf("reading a table of inspection items: %w", err)
	}
	n, err := s.Powers.LoadInspections(ctx, by, table)
	if fault.Is(err, fault.Invalid) {
		return s.showInspections(w, r, http.StatusUnprocessableEntity, design.ErrorsOf(ctx, err))
	}
	if err != nil {
		return err
	}
	web.Redirect(w, r, address(inspectionsAt, "done", strconv.Itoa(n)))
	return nil
}

func (v inspectionsView) pager() *design.PagerParams {
	p := design.PagerParams{}
	if v.Paged {
		p.First = inspectionsAt
	}
	if v.Next != "" {
		p.Next = address(inspectionsAt, "after", v.Next)
	}
	return &p
}

func inspectionColumns(ctx context.Context) []design.Column {
	return []design.Column{{Text: page.T(ctx, "power.inspection.name")}, {Text: page.T(ctx, "power.differences.rests_on")}, {Text: page.T(ctx, "power.inspection.office")}}
}

func inspectionRows(v inspectionsView) []design.Row {
	rows := make([]design.Row, len(v.Rows))
	for n, i := range v.Rows {
		rows[n].Cells = []design.Cell{{Text: i.Name, Note: i.Code}, {Text: i.PowerCode, Href: powerAt(i.PowerCode)}, {Text: i.Office}}
	}
	return rows
}

package itemweb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/web"
)

func (s *site) printRoutes(r *web.Router) {
	r.Page("GET /items/{code}/print", web.Public, s.print)
	r.Page("GET /items/{code}/materials/{material}/{kind}", web.Public, s.paper)
	r.Page("GET /items/{code}/forms/blank", web.Public, s.blank)
	r.Page("GET /items/{code}/forms/sample", web.Public, s.sample)
}

// printView is a guide as a sheet to take away (一次性告知单).
type printView struct {
	guideView
	Number string
	QR     *design.SheetQR
	Now    time.Time
}

// print is GET /items/{code}/print: what is needed, all at once, for the answers in the address. It bears today's date, so it is never kept.
func (s *site) print(w http.ResponseWriter, r *http.Request) error {
	v := printView{Now: time.Now()}
	var err error
	if v.guideView, err = s.guideOf(r, r.PathValue("code")); err != nil {
		return err
	}
	v.Number = sheetNumber(v.guideView, v.Now)
	if v.QR, err = s.code(r.Context(), address(guidePath(v.guideView), v.answers()...)); err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, printPage(v))
}

// code makes the QR code that leads from paper to an address of ours.
func (s *site) code(ctx context.Context, path string) (*design.SheetQR, error) {
	m, err := paper.QR(s.base() + path)
	if err != nil {
		return nil, err
	}
	return &design.SheetQR{Path: m.Path(), Size: m.Size(), Text: page.T(ctx, "item.print.scan")}, nil
}

// sheetNumber names what a sheet says: the same guide with the same answers on the same day bears the same number, so that a window can see what
// somebody was told.
func sheetNumber(v guideView, now time.Time) string {
	h := sha256.New()
	for _, part := range append([]string{v.Entry.ID, v.Entry.BaseCode, number(v.Entry.BaseVersion)}, v.answers()...) {
		h.Write([]byte(part + "\n"))
	}
	return "GZ" + civil.Of(now).Compact() + "-" + v.Entry.BaseCode + "-" + hex.EncodeToString(h.Sum(nil)[:4])
}

// answers are the answers of a guide as pairs of an address, in a fixed order.
func (v *guideView) answers() []string {
	pairs := []string{"variant", v.Variant}
	keys := make([]string, 0, len(v.Situation))
	for k := range v.Situation {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		pairs = append(pairs, "situation."+k, v.Situation[k])
	}
	return pairs
}

// told are the answers in words.
func told(ctx context.Context, v guideView) []design.SummaryRow {
	var rows []design.SummaryRow
	if x, ok := v.Entry.Variant(v.Variant); ok {
		rows = append(rows, design.SummaryRow{Key: page.T(ctx, "item.situation.variant"), Value: x.Name})
	}
	for _, q := range v.Questions {
		for _, o := range q.Options {
			if v.Situation[q.Key] == o.Value {
				rows = append(rows, design.SummaryRow{Key: q.Title, Value: o.Title})
			}
		}
	}
	return rows
}

// sheetFacts are what a sheet says of office, time, fee and result.
func sheetFacts(ctx context.Context, v guideView) []design.SummaryRow {
	e := v.Entry
	var rows []design.SummaryRow
	add := func(key, value, hint string) {
		if value != "" {
			rows = append(rows, design.SummaryRow{Key: page.T(ctx, key), Value: value, Hint: hint})
		}
	}
	add("item.glance.office", e.OfficeName, "")
	rows = append(rows, exactRows(ctx, v)...)
	add("item.glance.visits", visits(ctx, e.Visits), e.VisitReason)
	add("item.glance.address", e.Contact.Address, e.Contact.Windows)
	add("item.glance.hours", e.Contact.Hours, "")
	add("item.glance.phone", e.Contact.Phone, "")
	add("item.glance.supervise", e.Contact.Supervise, "")
	add("item.glance.code", e.Code, "")
	return rows
}

// sheetMaterials are the materials to tick off.
func sheetMaterials(ctx context.Context, v guideView, list []item.Material) []design.SheetItem {
	items := make([]design.SheetItem, len(list))
	for i, m := range list {
		text := m.Name
		if original := said(ctx, "item.original.", m.Original); m.Original != "" {
			text += "（" + original + "）"
		}
		items[i] = design.SheetItem{Text: text, Note: joined(ways(ctx, m.Ways), papersNote(ctx, v, m))}
	}
	return items
}

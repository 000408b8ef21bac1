package logweb

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sheet"
)

// exportPage is how many leaves one transaction reads of an export.
const exportPage = 200

// exportedLeaf is one reading or deed as a person takes it away. With entry a program can check the leaf against the log.
type exportedLeaf struct {
	Kind          string     `json:"kind"`
	What          string     `json:"what"`
	At            *time.Time `json:"at"` // null while withheld
	Office        string     `json:"office"`
	Role          string     `json:"role"`
	Object        string     `json:"object"`
	Basis         string     `json:"basis"`
	Position      *int64     `json:"position"` // null while it waits for its number
	Commitment    string     `json:"commitment"`
	WithheldUntil *time.Time `json:"withheld_until,omitempty"`
	Entry         *entryJSON `json:"entry,omitempty"`
}

// exportMine is GET /me/data/export?format=csv|json: everything /me/data lists, page by page, so that a long life needs no more memory than a short one.
func (s *site) exportMine(w http.ResponseWriter, r *http.Request) error {
	ctx, format := r.Context(), r.URL.Query().Get("format")
	if format != "csv" && format != "json" {
		return fault.New(fault.Invalid, "log.bad_format").Field("format", "log.bad_format")
	}
	by := actor.FromContext(ctx)
	first, next, err := s.exportedPage(ctx, by, "")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Disposition", `attachment; filename="my-data.`+format+`"`)
	out := exporter(&csvExport{})
	h.Set("Content-Type", "text/csv; charset=utf-8")
	if format == "json" {
		out = &jsonExport{}
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	if _, err := w.Write(out.begin(ctx)); err != nil {
		return nil // the caller has gone
	}
	for list := first; ; {
		for _, l := range list {
			text, err := out.leaf(ctx, l)
			if err != nil {
				return err
			}
			if _, err := w.Write(text); err != nil {
				return nil
			}
		}
		if next == "" {
			break
		}
		if list, next, err = s.exportedPage(ctx, by, next); err != nil {
			return err
		}
	}
	_, _ = w.Write(out.end())
	return nil
}

// exportedPage reads one page and says where the next begins, "" at the end.
func (s *site) exportedPage(ctx context.Context, by actor.Actor, before string) (out []exportedLeaf, next string, err error) {
	subject := subjectOf(by)
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		list, err := s.Log.BySubject(ctx, tx, subject, before, exportPage)
		if err != nil {
			return err
		}
		if len(list) == exportPage {
			next = list[len(list)-1].ID
		}
		if err := s.veil(ctx, tx, list); err != nil {
			return err
		}
		from := s.witness(tx, by)
		for _, l := range list {
			who, err := from.who(ctx, l)
			if err != nil {
				return err
			}
			out = append(out, exported(ctx, l, who))
		}
		return nil
	})
	return out, next, err
}

func exported(ctx context.Context, l audit.Leaf, who design.Cell) exportedLeaf {
	e := exportedLeaf{Kind: l.Kind, What: kindWords(ctx, l.Kind), At: &l.At, Office: who.Text, Role: who.Note, Object: l.Object, Basis: l.Basis, Commitment: hex.EncodeToString(l.Commitment)}
	if l.Position != audit.Waiting {
		e.Position = &l.Position
	}
	switch {
	case veiled(l):
		e.At, e.WithheldUntil, e.Office, e.Role = nil, &l.At, "", ""
	case !l.Erased:
		e.Entry = entryOf(l)
	}
	return e
}

// exporter writes one form.
type exporter interface {
	begin(ctx context.Context) []byte
	leaf(ctx context.Context, l exportedLeaf) ([]byte, error)
	end() []byte
}

type csvExport struct{}

func (csvExport) begin(ctx context.Context) []byte {
	var names []string
	for _, c := range mineColumns(ctx) {
		names = append(names, c.Text)
	}
	return append([]byte(sheet.Mark), csvRow(append(names, page.T(ctx, "log.mine.opens"), page.T(ctx, "log.commitment")))...)
}

func (csvExport) leaf(ctx context.Context, l exportedLeaf) ([]byte, error) {
	at, opens, place := "", "", page.T(ctx, "log.waiting")
	if l.At != nil {
		at = page.DateTime(ctx, *l.At)
	}
	if l.WithheldUntil != nil {
		opens = page.DateTime(ctx, *l.WithheldUntil)
	}
	if l.Position != nil {
		place = number(*l.Position)
	}
	return csvRow([]string{l.What, at, strings.TrimSpace(l.Office + " " + l.Role), thing(ctx, l.Object).Text, l.Basis, place, opens, l.Commitment}), nil
}

func (csvExport) end() []byte { return nil }

func csvRow(cells []string) []byte {
	var b []byte
	for i, c := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = sheet.AppendCSV(b, sheet.Harmless(c))
	}
	return append(b, '\r', '\n')
}

type jsonExport struct{ begun bool }

func (*jsonExport) begin(context.Context) []byte { return []byte(`{"data":[`) }

func (j *jsonExport) leaf(_ context.Context, l exportedLeaf) ([]byte, error) {
	text, err := json.Marshal(l)
	if j.begun {
		text = append([]byte(",\n"), text...)
	}
	j.begun = true
	return text, err
}

func (*jsonExport) end() []byte { return []byte("]}\n") }

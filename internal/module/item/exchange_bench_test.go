package item_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sheet"
)

// manyOffices are the offices of a province with many departments in each county.
type manyOffices struct {
	*itemtest.Library
	codes map[string]item.Office
}

func (m *manyOffices) ByCodes(_ context.Context, _ *db.Tx, codes []string) (map[string]item.Office, error) {
	found := map[string]item.Office{}
	for _, c := range codes {
		if o, ok := m.codes[c]; ok {
			found[c] = o
		}
	}
	return found, nil
}

const perCounty = 160

// many is a library of ten base items and the basic table of an entry of each at every office: about a hundred thousand rows.
func many(b *testing.B) (*item.Service, *itemtest.Library, folder, int) {
	b.Helper()
	l := itemtest.Open(b)
	m := &manyOffices{l, map[string]item.Office{}}
	var organs []string
	for _, r := range region.Jilin() {
		if r.Code.Level() != region.County || !r.Code.Statutory() {
			continue
		}
		for n := range perCounty {
			code, err := uscc.Make("11", r.Code.County6(), fmt.Sprintf("MB2B%04d", n))
			if err != nil {
				b.Fatal(err)
			}
			m.codes[code.String()] = item.Office{ID: fmt.Sprint(r.Code.Prefix(), "-", n), Path: fmt.Sprintf("%sd%d", r.Code.Prefix(), n), Name: r.Name, Code: code.String(), Region: r.Code}
			organs = append(organs, code.String())
		}
	}
	s := item.New(l.DB, item.Needs{Rights: l, Offices: m, Forms: l.Forms, Powers: l, Notices: l, Log: l, Queue: l.Queue, Certificates: l})
	for _, d := range itemtest.Definitions(b) {
		if _, err := s.Publish(context.Background(), itemtest.Loader, d); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Claim(context.Background(), itemtest.Loader, []item.Claim{{Base: d.Code, Office: m.codes[organs[0]], Override: item.Override{
			Contact: item.Contact{Address: "长春市南关区人民大街 1 号", Windows: "综合窗口", Hours: "工作日 8:30–11:30，13:00–16:30", Phone: "12345", Supervise: "12345"}}}}); err != nil {
			b.Fatal(err)
		}
	}
	f := folder{}
	if _, err := s.ExportNational(context.Background(), item.Export{Form: sheet.CSV, Site: "https://example.gov.cn", Open: f.open}); err != nil {
		b.Fatal(err)
	}
	out, rows := folder{}, 0
	for _, name := range []string{basic, "up_task_public_basic.csv"} {
		all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(f[name].String(), sheet.Mark))).ReadAll()
		if err != nil {
			b.Fatal(err)
		}
		out[name] = &bytes.Buffer{}
		w := csv.NewWriter(out[name])
		_ = w.Write(all[0]) // into memory
		for n, organ := range organs[1:] {
			for k, row := range all[1:] {
				row[0], row[3], row[14] = fmt.Sprint(name, n, "-", k), organ+row[3][18:], organ
				_ = w.Write(row) // into memory
				rows++
			}
		}
		w.Flush()
	}
	return s, l, out, rows
}

// BenchmarkImport is an import of the basic tables, beside the same rows copied into the same tables and nothing else.
func BenchmarkImport(b *testing.B) {
	ctx := context.Background()
	var copied [2][][]any
	b.Run("tables", func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			s, l, f, rows := many(b)
			b.StartTimer()
			run, err := s.Import(ctx, itemtest.Loader, item.Import{Files: f.sources()})
			b.StopTimer()
			if err != nil || run.Entries != int64(rows) {
				b.Fatalf("%d rows, %+v %v", rows, run, err)
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds()*float64(b.N), "rows/s")
			copied = written(b, l)
		}
	})
	b.Run("bare", func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			_, l, _, _ := many(b)
			first := written(b, l)
			fresh := [2][][]any{copied[0], copied[1]}
			known := map[any]bool{}
			for _, r := range first[1] {
				known[r[0]] = true
			}
			base := map[string]any{} // the copied rows belong to base versions of another library
			for _, r := range first[1] {
				base[r[1].(string)[19:]] = r[3]
			}
			var lists [2][][]any
			skip := first[0][0][0].(string)[:18]
			for t := range fresh {
				for _, r := range fresh[t] {
					code := r[t].(string)
					if code[:18] == skip {
						continue
					}
					if t == 1 {
						r[3] = base[code[19:]]
					}
					lists[t] = append(lists[t], r)
				}
			}
			for t := range lists { // each version after its entry
				slices.SortFunc(lists[t], func(a, b []any) int { return strings.Compare(a[t].(string), b[t].(string)) })
			}
			b.StartTimer()
			for at := 0; at < len(lists[0]); at += 4000 {
				err := l.DB.Update(ctx, func(tx *db.Tx) error {
					for t, name := range []string{"item_entry", "item_entry_version"} {
						if err := tx.Bulk(ctx, name, columnsOf[t], lists[t][at:min(at+4000, len(lists[t]))]); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			b.ReportMetric(float64(len(lists[0]))/b.Elapsed().Seconds()*float64(b.N), "rows/s")
		}
	})
}

var columnsOf = [2][]string{
	{"code", "base_code", "office_id", "office_path", "region", "state", "reason", "version", "version_id"},
	{"id", "entry_code", "version", "base_version_id", "office_id", "office_path", "office_name", "office_code", "override", "published_at", "published_by"},
}

// written reads both tables as they are, in one order.
func written(b *testing.B, l *itemtest.Library) (out [2][][]any) {
	b.Helper()
	ctx := context.Background()
	tables := [2]db.Table{{Name: "item_entry"}, {Name: "item_entry_version"}}
	err := l.DB.View(ctx, func(tx *db.Tx) error {
		all, err := l.DB.Tables(ctx, tx)
		if err != nil {
			return err
		}
		for t := range tables {
			for _, x := range all {
				if x.Name != tables[t].Name {
					continue
				}
				kinds := map[string]string{}
				for _, c := range x.Columns {
					kinds[c.Name] = c.Type
				}
				for _, c := range columnsOf[t] {
					tables[t].Columns = append(tables[t].Columns, db.Column{Name: c, Type: kinds[c]})
				}
			}
			err := tx.Records(ctx, tables[t], func(values []any) error {
				out[t] = append(out[t], append([]any{}, values...))
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// BenchmarkExport writes what BenchmarkImport read.
func BenchmarkExport(b *testing.B) {
	ctx := context.Background()
	s, _, f, _ := many(b)
	if _, err := s.Import(ctx, itemtest.Loader, item.Import{Files: f.sources()}); err != nil {
		b.Fatal(err)
	}
	for _, form := range []sheet.Form{sheet.CSV, sheet.Lines} {
		b.Run(string(form), func(b *testing.B) {
			var rows int64
			for range b.N {
				for _, table := range []string{"up_task_general_basic", "up_task_public_basic"} {
					n, err := s.ExportNational(ctx, item.Export{Form: form, Only: table, Open: func(string) (io.Writer, error) { return io.Discard, nil }})
					if err != nil {
						b.Fatal(err)
					}
					rows += n
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

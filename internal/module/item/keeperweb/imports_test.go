package keeperweb_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/module/item/itemweb"
	"xiangyun/internal/module/item/keeperweb"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sheet"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

func desk(t *testing.T, l *itemtest.Library, by actor.Actor) *webtest.Browser {
	t.Helper()
	words, err := page.Load(page.Words, web.Words, design.Locale, itemweb.Locale, keeperweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	keeperweb.Routes(r, keeperweb.Deps{DB: l.DB, Items: l.Service, Directory: region.JilinDirectory, MaxBytes: 8 << 20})
	return webtest.New(t, words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), by), design.Viewer{SignedIn: true, Kind: string(by.Kind), Path: req.URL.RequestURI(), Keeps: true})
		r.ServeHTTP(w, req.WithContext(ctx))
	})))
}

// archive is an export of the seeded library as one file; change may spoil it.
func archive(t *testing.T, change func(name, text string) string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	files := map[string]*bytes.Buffer{}
	_, err := itemtest.Seeded(t).ExportNational(context.Background(), item.Export{Form: sheet.CSV, Site: "https://example.gov.cn", Open: func(name string) (io.Writer, error) {
		files[name] = &bytes.Buffer{}
		return files[name], nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		w, err := z.Create("tables/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, change(name, b.String())); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAKeeperChecksThenImports(t *testing.T) {
	l := itemtest.Open(t)
	file := archive(t, func(name, text string) string {
		if name == "up_task_general_basic.csv" {
			return strings.Replace(text, ",12345,12345,", ",,12345,", 1)
		}
		return text
	})
	p := desk(t, l, itemtest.Keeper)
	p.Open("/desk/library/import").Wants(200, "导入事项", "还没有导入过")
	p.Attach("表文件", "tables.zip", file).Press("检查，不改动").Wants(200, "发现 1 处错误", "必填项是空的", "link_way", "还没有导入过")
	p.Attach("表文件", "tables.zip", file).Press("导入").Wants(200, "tables.zip", "已完成", "599", "必填项是空的", "下载全部错误")
	at := p.Path()
	p.Open(at+"/mistakes.csv").Wants(200, "up_task_general_basic.csv,2,", "必填项是空的")
	p.Open("/desk/library/import").Wants(200, "tables.zip", "已完成")
	list, err := l.List(context.Background(), item.Query{})
	if err != nil || len(list.Rows) == 0 {
		t.Error("nothing was imported", err)
	}
	// The same again changes nothing and leads to the same run.
	p.Attach("表文件", "tables.zip", file).Press("导入").Wants(200, "已完成")
	if p.Path() != at {
		t.Errorf("%s, not %s", p.Path(), at)
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	p := desk(t, itemtest.Open(t), itemtest.Keeper)
	p.Open("/desk/library/import").Press("导入").Wants(422, "没有可导入的文件")
	p.Attach("表文件", "notes.csv", []byte("a,b\n")).Press("导入").Wants(422, "没有可导入的文件")
	p.Attach("表文件", "broken.zip", []byte("PK")).Press("导入").Wants(422, "压缩包打不开")
	p.Open("/desk/library/import/none").Wants(404, "没有这次导入")
	stranger := itemtest.Keeper
	stranger.Duties = nil
	q := desk(t, itemtest.Open(t), stranger)
	q.Open("/desk/library/import").Wants(403)
	q.Open("/desk/library/import/none").Wants(403)
}

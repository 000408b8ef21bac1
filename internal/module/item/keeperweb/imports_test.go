package keeperweb_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiangyun/internal/design"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/module/item/itemweb"
	"xiangyun/internal/module/item/keeperweb"
	"xiangyun/internal/platform/blob"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/sheet"
	"xiangyun/internal/platform/web"
	"xiangyun/internal/platform/webtest"
)

func desk(t *testing.T, l *itemtest.Library, by actor.Actor) *webtest.Browser {
	t.Helper()
	return webtest.New(t, handler(t, l, by))
}

func handler(t *testing.T, l *itemtest.Library, by actor.Actor) http.Handler {
	t.Helper()
	words, err := page.Load(page.Words, web.Words, design.Locale, blob.Locale, itemweb.Locale, keeperweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := web.NewRouter(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Catalogue: words})
	keeperweb.Routes(r, keeperweb.Deps{DB: l.DB, Items: l.Service, Directory: region.JilinDirectory, MaxBytes: 8 << 20})
	return words.Middleware(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := design.WithViewer(actor.WithContext(req.Context(), by), design.Viewer{SignedIn: true, Kind: string(by.Kind), Path: req.URL.RequestURI(), Keeps: true})
		r.ServeHTTP(w, req.WithContext(ctx))
	}))
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
	p.Attach("表文件", "tables.zip", file).Press("提请导入").Wants(200, "已提请", "tables.zip", "必填项是空的", "link_way").Lacks("同意并导入")
	proposed, _, _ := strings.Cut(p.Path(), "?")
	p.Post(proposed+"/import", url.Values{}).Wants(403)
	if list, err := l.List(context.Background(), item.Query{}); err != nil || len(list.Rows) != 0 {
		t.Error("something was imported by one keeper", err)
	}
	desk(t, l, itemtest.Keeper).Open("/desk/library/import").Attach("表文件", "tables.zip", file).Press("提请导入").Wants(409, "同样的提请")
	q := desk(t, l, itemtest.Reviewer)
	q.Open(proposed).Wants(200, "必填项是空的").Press("同意并导入").Wants(200, "tables.zip", "已完成", "599", "必填项是空的", "下载全部错误")
	at := q.Path()
	q.Open(proposed).Wants(200, "已通过").Lacks("继续导入")
	p.Open(at+"/mistakes.csv").Wants(200, "up_task_general_basic.csv,2,", "必填项是空的")
	p.Open("/desk/library/import").Wants(200, "tables.zip", "已完成")
	list, err := l.List(context.Background(), item.Query{})
	if err != nil || len(list.Rows) == 0 {
		t.Error("nothing was imported", err)
	}
	// The same again would change nothing: there is nothing to propose.
	p.Attach("表文件", "tables.zip", file).Press("提请导入").Wants(422, "没有要发布的改动")
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	p := desk(t, itemtest.Open(t), itemtest.Keeper)
	p.Open("/desk/library/import").Press("提请导入").Wants(422, "没有可导入的文件")
	p.Attach("表文件", "notes.csv", []byte("a,b\n")).Press("提请导入").Wants(422, "没有可导入的文件")
	p.Attach("表文件", "broken.zip", []byte("PK")).Press("提请导入").Wants(422, "压缩包打不开")
	p.Open("/desk/library/import/none").Wants(404, "没有这次导入")
	stranger := itemtest.Keeper
	stranger.Duties = nil
	q := desk(t, itemtest.Open(t), stranger)
	q.Open("/desk/library/import").Wants(403)
	q.Open("/desk/library/import/none").Wants(403)
}

// packed is an archive of n empty files.
func packed(t *testing.T, n int, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range n {
		if _, err := z.Create(fmt.Sprint(name, i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAnArchiveOfTooMuchIsRefused(t *testing.T) {
	p := desk(t, itemtest.Open(t), itemtest.Keeper)
	p.Open("/desk/library/import")
	p.Attach("表文件", "most.zip", packed(t, 200, "f")).Press("提请导入").Wants(422, "没有可导入的文件")
	p.Attach("表文件", "more.zip", packed(t, 201, "f")).Press("提请导入").Wants(413, "最多上传 200 个文件")
	// One that says it has few: what is read of its listing is bounded all the same.
	p.Open("/desk/library/import")
	lying := packed(t, 60_000, "f")
	end := bytes.LastIndex(lying, []byte("PK\x05\x06"))
	copy(lying[end+8:], []byte{1, 0, 1, 0})
	p.Attach("表文件", "lying.zip", lying).Press("提请导入").Wants(413, "最多上传 200 个文件")
	// One that unpacks to five gigabytes, as it says.
	p.Open("/desk/library/import")
	bomb := packed(t, 3, "up_task_general_basic.csv")
	for at := 0; ; {
		i := bytes.Index(bomb[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i + 24
		copy(bomb[at:], []byte{0, 0, 0, 0x70})
	}
	p.Attach("表文件", "bomb.zip", bomb).Press("提请导入").Wants(413, "解压后太大")
}

// unread fails the test when it is read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the files of one who may not import were read")
	return 0, io.EOF
}

func TestWhoMayNotImportIsRefusedBeforeTheFilesAreTaken(t *testing.T) {
	stranger := itemtest.Keeper
	stranger.Duties = nil
	r := httptest.NewRequest(http.MethodPost, "/desk/library/import", unread{t})
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	handler(t, itemtest.Open(t), stranger).ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Error(w.Code)
	}
}

// What is larger than an upload may be is refused by its length, with the limit and the command that takes it; so is what hides its length.
func TestATooLargeUploadNamesTheWay(t *testing.T) {
	for _, length := range []int64{5_000_000_000, -1} {
		body := io.LimitReader(endlessForm{}, 9<<20)
		if length > 0 {
			body = unread{t}
		}
		r := httptest.NewRequest(http.MethodPost, "/desk/library/import", body)
		r.ContentLength = length
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		handler(t, itemtest.Open(t), itemtest.Keeper).ServeHTTP(w, r)
		if text := w.Body.String(); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(text, "8 MB") || !strings.Contains(text, "xiangyun item import") {
			t.Errorf("%d: %d %.400s", length, w.Code, text)
		}
	}
}

// endlessForm is a form whose file never ends.
type endlessForm struct{}

func (endlessForm) Read(p []byte) (int, error) {
	const head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"up_task_general_basic.csv\"\r\n\r\n"
	if len(p) > 1<<16 || len(p) < len(head) {
		return copy(p, strings.Repeat("a", len(p))), nil
	}
	return copy(p, head+strings.Repeat("a", len(p)-len(head))), nil
}

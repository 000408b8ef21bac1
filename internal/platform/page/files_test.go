package page_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
)

// filled is a form of fields "name=text" and files "name@file=content", and its boundary.
func filled(t *testing.T, fields ...string) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		name, text, _ := strings.Cut(f, "=")
		at, err := io.Writer(nil), error(nil)
		if field, file, isFile := strings.Cut(name, "@"); isFile {
			at, err = w.CreateFormFile(field, file)
		} else {
			at, err = w.CreateFormField(name)
		}
		if err == nil {
			_, err = io.WriteString(at, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

func request(body io.Reader, kind string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", body)
	r.Header.Set("Content-Type", kind)
	return r
}

// store keeps nothing: a file's id is its name and size. Contents say what is refused.
func store(content io.Reader, name string) (string, error) {
	text, err := io.ReadAll(content)
	switch {
	case err != nil:
		return "", fmt.Errorf("storing: %w", err)
	case string(text) == "virus":
		return "", fault.New(fault.Unsupported, "blob.unsupported", name)
	case string(text) == "flood":
		return "", fault.New(fault.TooMany, "material.quota_day")
	case string(text) == "full":
		return "", fault.New(fault.Busy, "blob.no_space")
	}
	return fmt.Sprint(name, " ", len(text)), nil
}

func known(code string) bool { return code == "01" || code == "02" }

func TestReadFiles(t *testing.T) {
	body, kind := filled(t, "go= next ", "file.01@a.pdf=AAAA", "file.01@b.pdf=BB", "file.99@c.pdf=not asked for", "file.02@=", "file.02@v.exe=virus", "file.02@f.pdf=flood", "go=later",
		"file.02@d.pdf=D")
	in, err := page.ReadFiles(request(bytes.NewReader(body), kind), known, store)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(in.Values["go"], in.Files); got != "[next later] map[01:[a.pdf 4 b.pdf 2] 02:[d.pdf 1]]" {
		t.Error(got)
	}
	if f := in.Refusal.Fields; len(f) != 2 || f[0].Name != "file.02" || f[0].Key != "blob.unsupported" || f[1].Key != "material.quota_day" || !fault.HasKey(in.Refusal, "page.files_refused") {
		t.Errorf("%+v", in.Refusal)
	}
}

func TestReadFilesRefuses(t *testing.T) {
	whole, kind := filled(t, "file.01@a.pdf="+strings.Repeat("A", 5000), "go=next")
	many := make([]string, 2001)
	for i := range many {
		many[i] = "a="
	}
	parts, manyKind := filled(t, many...)
	text, textKind := filled(t, "a="+strings.Repeat("x", 1<<20+1))
	full, fullKind := filled(t, "file.01@a.pdf=full")
	for name, c := range map[string]struct {
		body []byte
		kind string
		want string
	}{
		"no-form":       {[]byte("a=b"), "application/x-www-form-urlencoded", "page.form_unreadable"},
		"cut-in-a-file": {whole[:3000], kind, "page.upload_broken"},
		"cut-in-a-text": {whole[:len(whole)-len("--\r\n")-30], kind, "page.upload_broken"},
		"empty":         {nil, kind, "page.upload_broken"},
		"parts":         {parts, manyKind, "page.form_too_large"},
		"text":          {text, textKind, "page.form_too_large"},
		"no-space":      {full, fullKind, "blob.no_space"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := page.ReadFiles(request(bytes.NewReader(c.body), c.kind), known, store); !fault.HasKey(err, c.want) {
				t.Errorf("gave %v, want %s", err, c.want)
			}
		})
	}
	r := request(nil, kind)
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(bytes.NewReader(whole)), 2000)
	if _, err := page.ReadFiles(r, known, store); err == nil {
		t.Error("a body that is too large was read")
	} else if _, ok := errors.AsType[*http.MaxBytesError](err); !ok {
		t.Errorf("the edge can't tell what was too large: %v", err)
	}
}

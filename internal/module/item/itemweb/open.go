package itemweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"xiangyun/internal/design"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/rdf"
	"xiangyun/internal/platform/web"
)

// filesAtOnce is how many whole files are written at the same time: each reads the whole library. One network address is given one of them, so
// that a few who read slowly keep nobody else out.
const filesAtOnce = 16

// stalled is how long a reader may take nothing of a file before it is dropped.
const stalled = 30 * time.Second

// room is who is being given a file.
type room struct {
	sync.Mutex
	taken map[string]bool // by network address
}

// enter tells whether an address may be given a file now; if so, leave must be called when it was.
func (r *room) enter(address string) bool {
	r.Lock()
	defer r.Unlock()
	if r.taken[address] || len(r.taken) == filesAtOnce {
		return false
	}
	r.taken[address] = true
	return true
}

func (r *room) leave(address string) {
	r.Lock()
	defer r.Unlock()
	delete(r.taken, address)
}

// unhurried writes as long as the reader goes on taking: each piece has a time of its own.
type unhurried struct {
	w    io.Writer
	time *http.ResponseController
}

// piece is how much must be taken in time.
const piece = 32 << 10

func (u unhurried) Write(b []byte) (int, error) {
	written := 0
	for len(b) > 0 {
		if err := u.time.SetWriteDeadline(time.Now().Add(stalled)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return written, err
		}
		n, err := u.w.Write(b[:min(piece, len(b))])
		if written += n; err != nil {
			return written, err
		}
		b = b[n:]
	}
	return written, nil
}

func (s *site) openRoutes(r *web.Router) {
	r.Page("GET /open-data", web.Public, s.cached(s.openData))
	room := &room{taken: map[string]bool{}}
	file := func(kind, media, name string, write func(ctx context.Context, w io.Writer) error) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			return s.file(w, r, room, openFile{kind, media, name, write})
		}
	}
	r.Page("GET /open-data/items.csv", web.Public, file("csv", "text/csv; charset=utf-8", "items.csv", func(ctx context.Context, w io.Writer) error {
		return s.Items.ExportOpen(ctx, s.Address(), w)
	}))
	for name, form := range map[string]rdf.Form{"catalogue.ttl": rdf.Turtle, "catalogue.jsonld": rdf.JSONLD} {
		r.Page("GET /open-data/"+name, web.Public, file(string(form), form.MediaType(), name, func(ctx context.Context, w io.Writer) error {
			return s.Items.ExportCatalogue(ctx, Catalogue(s.Words, s.Address(), form), w)
		}))
	}
}

// Catalogue says how the catalogue of public services is written: its words are Chinese, whoever asks.
func Catalogue(words *page.Catalogue, site string, form rdf.Form) item.Catalogue {
	return item.Catalogue{Form: form, Site: site, Publisher: words.Say("zh", "open.publisher"), Licence: site + "/open-data#licence",
		Name: func(group, key string) string { return words.Say("zh", "open.word."+group+"."+key) }}
}

// openFile is a whole file of the library.
type openFile struct {
	kind, media, name string
	write             func(ctx context.Context, w io.Writer) error
}

// file answers with a file that is the same as long as the library is.
func (s *site) file(w http.ResponseWriter, r *http.Request, room *room, f openFile) error {
	number, err := s.Items.Revision(r.Context())
	if err != nil {
		return err
	}
	tag := fmt.Sprintf(`"%s-%d"`, f.kind, number)
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, no-cache")                // may be kept, and is asked about each time
	if strings.Contains(r.Header.Get("If-None-Match"), tag) { // a list, perhaps with W/ before a tag
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", f.media)
	h.Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
	h.Set("Access-Control-Allow-Origin", "*") // open data is for every page
	if r.Method == http.MethodHead {
		return nil
	}
	address := web.Address(r)
	if !room.enter(address) {
		for _, name := range []string{"ETag", "Cache-Control", "Content-Type", "Content-Disposition"} {
			h.Del(name)
		}
		h.Set("Retry-After", "30")
		return fault.New(fault.Busy, "open.too_many_files")
	}
	defer room.leave(address)
	if err := f.write(r.Context(), unhurried{w, http.NewResponseController(w)}); err != nil {
		s.Log.WarnContext(r.Context(), "a file of open data was not written to its end", "file", f.name, "error", err)
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
	return nil
}

// openData is GET /open-data.
func (s *site) openData(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Items.OpenFigures(r.Context())
	if err != nil {
		return err
	}
	return page.Render(w, r, http.StatusOK, openPage(v))
}

func openFacts(ctx context.Context, v item.OpenFigures) []design.SummaryRow {
	return []design.SummaryRow{
		{Key: page.T(ctx, "open.about.publisher"), Value: page.T(ctx, "open.publisher")},
		{Key: page.T(ctx, "open.about.licence"), Value: page.T(ctx, "open.licence")},
		{Key: page.T(ctx, "open.about.changed"), Value: page.DateTime(ctx, v.Published)},
		{Key: page.T(ctx, "open.about.rows"), Value: design.Number(v.Entries)},
		{Key: page.T(ctx, "open.about.rhythm"), Value: page.T(ctx, "open.rhythm")},
	}
}

func openFiles(ctx context.Context, names ...string) []design.FileItem {
	kinds := map[string]string{"items.csv": "CSV", "catalogue.ttl": "Turtle", "catalogue.jsonld": "JSON-LD"}
	list := make([]design.FileItem, len(names))
	for i, n := range names {
		list[i] = design.FileItem{Name: n, Href: "/open-data/" + n, Kind: kinds[n], Note: page.T(ctx, "open.file."+n)}
	}
	return list
}

// openFields are the columns of the file of entries with what they mean.
func openFields(ctx context.Context) []design.Row {
	var rows []design.Row
	for _, name := range item.OpenColumns() {
		rows = append(rows, design.Row{Cells: []design.Cell{{Text: name}, {Text: page.T(ctx, "open.field."+name)}}})
	}
	return rows
}

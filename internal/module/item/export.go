package item

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sheet"
)

// Export says what [Service.ExportNational] writes and where.
type Export struct {
	Form  sheet.Form
	Site  string // address of this platform, without a slash at its end
	Only  string // one file by its name without an ending; "" writes all
	Batch string // what the records call this export

	// Open is called once for each file, with its name; what it returns is written to until the export returns.
	Open func(name string) (io.Writer, error)
	// Progress, when there is one, is told how many entries were written, after each few thousand.
	Progress func(entries int64)
}

// DefinitionsFile is the file of an export that holds whole definitions, one JSON object a line: what national tables have no column for.
const DefinitionsFile = "xiangyun_definitions.jsonl"

// ExportNational writes the library as national tables, and beside them the whole definitions. It returns how many entries it wrote: those of one family
// when only a table of that is asked for.
func (s *Service) ExportNational(ctx context.Context, x Export) (int64, error) {
	n := nationalTables()
	if err := s.exportBases(ctx, x, n.table("directory")); err != nil {
		return 0, err
	}
	var outs [len(families)][]*output
	which := noFamily
	for family := range families {
		for _, t := range n.Tables {
			if name := fileOf(t, family); t.Of != "base" && (x.Only == "" || x.Only == name) {
				o, err := x.output(t, name)
				if err != nil {
					return 0, err
				}
				outs[family] = append(outs[family], o)
				which = family
			}
		}
	}
	if which == noFamily {
		return 0, nil
	}
	if x.Only == "" {
		which = bothFamilies
	}
	var entries int64
	err := s.walk(ctx, which, func(b *Base, e *exported) error {
		for _, o := range outs[familyOf(b.Kind)] {
			if err := o.entry(b, e); err != nil {
				return err
			}
		}
		if entries++; entries%exportedAtOnce == 0 && x.Progress != nil {
			x.Progress(entries)
		}
		return nil
	})
	for _, list := range outs {
		for _, o := range list {
			if err == nil {
				err = o.flush()
			}
		}
	}
	return entries, err
}

// ExportOpen writes the open data set of entries as CSV with a byte order mark: one row an entry. People open it in office programs: no
// cell is a formula.
func (s *Service) ExportOpen(ctx context.Context, site string, w io.Writer) error {
	x := Export{Form: sheet.CSV, Site: site, Open: func(string) (io.Writer, error) { return w, nil }}
	o, err := x.output(nationalTables().Open[0], "items")
	if err != nil {
		return err
	}
	o.people = true
	if err := s.walk(ctx, bothFamilies, o.entry); err != nil {
		return err
	}
	return o.flush()
}

// OpenColumns are the columns of the open data set of entries.
func OpenColumns() []string { return nationalTables().Open[0].names() }

// exportBases writes the directory and the definitions.
func (s *Service) exportBases(ctx context.Context, x Export, directory *nationalTable) error {
	var list []*Base
	err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.catalogue(ctx, tx)
		if err == nil {
			list = c.bases
		}
		return err
	})
	if err != nil {
		return err
	}
	if name := fileOf(directory, 0); x.Only == "" || x.Only == name {
		o, err := x.output(directory, name)
		if err != nil {
			return err
		}
		for _, b := range list {
			o.write(&line{base: b, state: b.State, batch: x.Batch, site: x.Site})
		}
		if err := o.flush(); err != nil {
			return err
		}
	}
	if x.Only != "" {
		return nil
	}
	w, err := x.Open(DefinitionsFile)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for _, b := range list {
		if err := lines.Encode(b.Definition); err != nil {
			return fmt.Errorf("writing definitions: %w", err)
		}
	}
	return nil
}

// OpenFigures is what the page of open data says of them.
type OpenFigures struct {
	Published time.Time // of the last version of an item or an entry, zero when there is none
	Entries   int       // not cancelled
}

// openMemory keeps the figures as long as the library stays.
type openMemory struct {
	sync.Mutex
	kept[OpenFigures]
}

// OpenFigures returns the figures of the open data. They are counted again only when the library changed, in a large library not more often than
// every few minutes, so that anybody may ask at any time.
func (s *Service) OpenFigures(ctx context.Context) (OpenFigures, error) {
	s.open.Lock()
	defer s.open.Unlock()
	var figures OpenFigures
	ctx = context.WithoutCancel(ctx) // who asks and leaves must not have it counted in vain
	err := s.db.View(ctx, func(tx *db.Tx) error {
		number, err := revision(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading the revision: %w", err)
		}
		v, err := s.open.renew(number, func() (*OpenFigures, error) { return openFigures(ctx, tx) })
		if err == nil {
			figures = *v
		}
		return err
	})
	return figures, err
}

func openFigures(ctx context.Context, tx *db.Tx) (*OpenFigures, error) {
	v, err := OpenFigures{}, error(nil)
	if v.Published, err = newestVersion(ctx, tx); err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, fmt.Errorf("reading when the last version was published: %w", err)
	}
	err = countRegions(ctx, tx, func(r regionCount) error {
		v.Entries += r.Entries
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting entries: %w", err)
	}
	return &v, nil
}

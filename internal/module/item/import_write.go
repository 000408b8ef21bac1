package item

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// storedMistakes is how many mistakes of a run are kept; all are counted, and all are told to who runs it.
const storedMistakes = 200_000

// mostOffices bounds the offices remembered by their codes, those that do not exist too: several times a province's.
const mostOffices = 100_000

// outcome is what one batch did.
type outcome struct {
	run      ImportRun
	mistakes []Mistake
	bases    []knownBase // base and state only
	offices  map[string]*Office
}

// write takes one batch in one transaction, or looks what it would do.
func (i *importer) write(ctx context.Context, b *portion) error {
	var done outcome
	var err error
	if i.in.DryRun {
		err = i.s.db.View(ctx, func(tx *db.Tx) error {
			done, err = i.apply(ctx, tx, b)
			return err
		})
	} else {
		for attempt := 0; ; attempt++ {
			err = i.s.update(ctx, func(tx *db.Tx) (err error) {
				done, err = i.apply(ctx, tx, b)
				return err
			})
			if !db.IsUnique(err) || attempt == 5 {
				break // else somebody claimed one of these entries at the same time: now it is seen
			}
		}
	}
	if err != nil {
		return err
	}
	for _, k := range done.bases {
		i.know(k.base, k.state)
	}
	if len(i.offices) > mostOffices {
		clear(i.offices) // a file that names offices without end must not fill the memory with them
	}
	maps.Copy(i.offices, done.offices)
	i.run = done.run
	if i.in.Mistake != nil {
		for _, m := range done.mistakes {
			if err := i.in.Mistake(m); err != nil {
				return err
			}
		}
	}
	if i.in.Progress != nil {
		i.in.Progress(i.run)
	}
	return nil
}

// apply may run more than once: what it finds out is in its outcome.
func (i *importer) apply(ctx context.Context, tx *db.Tx, b *portion) (outcome, error) {
	o := outcome{run: i.run, mistakes: slices.Clone(b.mistakes), offices: map[string]*Office{}}
	o.run.Kinds.V = maps.Clone(i.run.Kinds.V)
	if o.run.Kinds.V == nil {
		o.run.Kinds.V = map[string]int64{}
	}
	o.run.Passed += b.passed
	o.run.ReadRows += b.read
	if b.rows > 0 {
		o.run.File, o.run.FileRows, o.run.Place = b.p.Name, b.rows, b.place
		o.run.BytesDone = b.place
		for _, p := range i.phases {
			if p == b.p {
				break
			}
			o.run.BytesDone += p.facts.Size
		}
	}
	if err := i.bases(ctx, tx, b, &o); err != nil {
		return o, err
	}
	if err := i.entries(ctx, tx, b, &o); err != nil {
		return o, err
	}
	for _, m := range o.mistakes {
		o.run.Kinds.V[m.Kind]++
	}
	before := o.run.Mistakes
	o.run.Mistakes += int64(len(o.mistakes))
	if i.in.DryRun {
		return o, nil
	}
	if room := storedMistakes - before; room > 0 && len(o.mistakes) > 0 {
		if err := insertMistakes(ctx, tx, o.run.ID, before, o.mistakes[:min(int(room), len(o.mistakes))]); err != nil {
			return o, fmt.Errorf("keeping mistakes: %w", err)
		}
	}
	o.run.MovedAt = tx.Now
	return o, moveImport(ctx, tx, i.run, o.run, fault.New(fault.Conflict, "item.import_under_way"))
}

// bases publishes the definitions of a batch that are not there.
func (i *importer) bases(ctx context.Context, tx *db.Tx, b *portion, o *outcome) error {
	for _, m := range b.definitions {
		if i.known[m.d.Code] != nil {
			continue
		}
		tell := func(kind, column, said string) {
			o.mistakes = append(o.mistakes, Mistake{File: m.file.Name, Row: m.row, Place: m.place, Column: column, Kind: kind, Said: said})
		}
		if err := i.s.formExists(ctx, tx, m.d); fault.Is(err, fault.Invalid) {
			tell("form", "form_key", m.d.Guide.FormKey)
			continue
		} else if err != nil {
			return err
		}
		if ok, err := i.s.restsWell(ctx, tx, &m.d); err != nil {
			return err
		} else if !ok {
			tell("power", "catalog_code", m.d.RestsOn())
			continue
		}
		p := &Base{Version: 1, State: InUse, Definition: m.d}
		if !i.in.DryRun {
			if _, err := baseByCode(ctx, tx, m.d.Code); err == nil {
				tell("base", "catalog_code", m.d.Code) // cancelled for ever
				continue
			} else if !errors.Is(err, db.ErrNotFound) {
				return err
			}
			var err error
			if p, _, err = i.s.publish(ctx, tx, i.by, m.d); err != nil {
				return fmt.Errorf("publishing %s: %w", m.d.Code, err)
			}
			if m.state == Paused {
				if _, err := setBaseState(ctx, tx, m.d.Code, Paused, pausedOutside); err != nil {
					return err
				}
			}
		}
		o.bases = append(o.bases, knownBase{base: p, state: m.state})
		o.run.Bases++
	}
	return nil
}

// pausedOutside is the reason of a pause that a table brings: it says none.
const pausedOutside = "导入的事项表中状态为“暂停”"

// entries makes or renews the entries of a batch.
func (i *importer) entries(ctx context.Context, tx *db.Tx, b *portion, o *outcome) error {
	list, err := i.placed(ctx, tx, b, o)
	if err != nil {
		return err
	}
	known := map[string]entryRow{}
	if len(list) > 0 {
		codes := make([]any, len(list))
		for n, c := range list {
			codes[n] = c.code
		}
		rows, err := entriesWith(ctx, tx, codes)
		if err != nil {
			return fmt.Errorf("reading entries: %w", err)
		}
		for _, r := range rows {
			known[r.EntryCode] = r
		}
	}
	var fresh, renewed []newVersion
	for _, c := range list {
		v, differs := i.version(tx, c, known, o.offices)
		_, there := known[c.code]
		switch {
		case !differs:
			o.run.Same++
		case there:
			renewed = append(renewed, v)
		default:
			fresh = append(fresh, v)
		}
	}
	o.run.Entries += int64(len(fresh) + len(renewed))
	differ, err := int64(0), error(nil)
	if !i.in.DryRun && len(fresh)+len(renewed) > 0 {
		err = i.store(ctx, tx, fresh, renewed)
	}
	if err == nil {
		differ, err = i.state(ctx, tx, b, list, known)
	}
	o.run.Stated += differ
	return err
}

func (i *importer) store(ctx context.Context, tx *db.Tx, fresh, renewed []newVersion) error {
	if len(fresh) > 0 {
		if err := bulkEntries(ctx, tx, fresh); err != nil {
			return err
		}
	}
	if err := insertEntries(ctx, tx, renewed); err != nil {
		return fmt.Errorf("storing entries: %w", err)
	}
	if err := bumpRevision(ctx, tx); err != nil {
		return fmt.Errorf("counting the revision: %w", err)
	}
	return i.s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.imported", Actor: i.by.Name(), Office: i.by.OfficePath, Object: "import:" + i.run.ID,
		Data: map[string]any{"entries": len(fresh) + len(renewed)}})
}

// placed finds the offices of entries, and tells those that have none.
func (i *importer) placed(ctx context.Context, tx *db.Tx, b *portion, o *outcome) ([]candidate, error) {
	var ask []string
	for _, c := range b.entries {
		organ := c.code[:18]
		if _, asked := i.offices[organ]; !asked && o.offices[organ] == nil {
			ask = append(ask, organ)
			o.offices[organ] = &Office{}
		}
	}
	found, err := i.s.needs.Offices.ByCodes(ctx, tx, ask)
	if err != nil {
		return nil, fmt.Errorf("reading offices: %w", err)
	}
	for _, organ := range ask {
		o.offices[organ] = nil
		if office, ok := found[organ]; ok {
			o.offices[organ] = &office
		}
	}
	list := make([]candidate, 0, len(b.entries))
	for _, c := range b.entries {
		office := i.office(o, c.code[:18])
		kind, said := "", ""
		if office == nil {
			kind, said = "office", c.code[:18]
		} else if level := exercisingLevel(office.Region); level != levelOf(c.code) {
			kind, said = "level", fmt.Sprint(int(level))
		}
		if kind != "" {
			o.mistakes = append(o.mistakes, Mistake{File: b.p.Name, Row: c.row, Place: c.place, Column: "task_code", Kind: kind, Said: said})
			continue
		}
		list = append(list, c)
	}
	return list, nil
}

func (i *importer) office(o *outcome, organ string) *Office {
	if office, ok := o.offices[organ]; ok {
		return office
	}
	return i.offices[organ]
}

// version is what an entry would be, and whether that is something new.
func (i *importer) version(tx *db.Tx, c candidate, known map[string]entryRow, offices map[string]*Office) (newVersion, bool) {
	office := i.office(&outcome{offices: offices}, c.code[:18])
	r, there := known[c.code]
	b := c.known.base
	if there && (r.State == Cancelled || r.BaseVersionID == b.VersionID && r.OfficeName == office.Name && r.OfficePath == office.Path &&
		r.OfficeID == office.ID && r.Override.V.equal(c.override)) {
		return newVersion{}, false
	}
	if !there {
		if r.State, r.Region = c.state, office.Region; c.state == Paused {
			r.Reason = pausedOutside
		}
	}
	r.ID, r.EntryCode, r.Version, r.BaseVersionID, r.PublishedAt = db.NewKey(), c.code, r.Version+1, b.VersionID, tx.Now
	r.OfficeID, r.OfficePath, r.OfficeName, r.OfficeCode = office.ID, office.Path, office.Name, office.Code
	r.Override = db.JSON[Override]{V: c.override}
	return newVersion{row: r, base: b.Code(), by: i.by.Name()}, true
}

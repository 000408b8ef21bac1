package item

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

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
	known    int // entries that were there before
}

// write takes one batch in one transaction, or looks what it would do. What it writes it may write before its turn.
func (i *importer) write(ctx context.Context, b *portion, t *turn) error {
	var done outcome
	var err error
	if i.in.DryRun {
		err = i.s.db.View(ctx, func(tx *db.Tx) error {
			done, err = i.apply(ctx, tx, b, t, true)
			return err
		})
	} else {
		for attempt, look := 0, i.careful.Load(); ; attempt, look = attempt+1, true {
			err = i.s.update(ctx, func(tx *db.Tx) (err error) {
				done, err = i.apply(ctx, tx, b, t, look)
				return err
			})
			if errors.Is(err, errImpatient) {
				<-t.before // what is written now stands in nobody's way
			} else if !db.IsUnique(err) || attempt == 5 {
				break // else some of these entries are there, or somebody claims one at the same time: now it is seen
			}
		}
	}
	if err != nil {
		return err
	}
	for _, k := range done.bases {
		i.know(k.base, k.state)
	}
	i.run = done.run
	i.careful.Store(done.known > 0)
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

// apply may run more than once: what it finds out is in its outcome. Entries are written first; all that rests on the batch before waits for its
// turn. look is false when no entry of the batch is likely to be there: one that is there ends the transaction.
func (i *importer) apply(ctx context.Context, tx *db.Tx, b *portion, t *turn, look bool) (outcome, error) {
	o := outcome{mistakes: slices.Clone(b.mistakes), offices: map[string]*Office{}}
	if err := i.bases(ctx, tx, b, &o); err != nil {
		return o, err
	}
	if look { // what is there may be moved on: nobody else may be at it
		if err := i.inTurnOn(ctx, tx, b, t); err != nil {
			return o, err
		}
	}
	w, err := i.entries(ctx, tx, b, &o, look)
	if err != nil {
		return o, err
	}
	if !look {
		if err := i.inTurnOn(ctx, tx, b, t); err != nil {
			return o, err
		}
	}
	if err := i.end(ctx, tx, b, &w, &o); err != nil {
		return o, err
	}
	o.run = i.run.with(o.run)
	if err := i.announce(ctx, tx, b, w, &o); err != nil {
		return o, err
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

// errBaseMoved says that rows were read beside a base version that is not in force any more.
var errBaseMoved = errors.New("a base item has moved on")

// inTurnOn waits for the batch's turn, holds the revision, and ends the transaction when a base item of the batch was published or ended since its rows
// were read: on the version before, new entries would stay behind and those that followed would be taken back; under an item that ended none begins.
func (i *importer) inTurnOn(ctx context.Context, tx *db.Tx, b *portion, t *turn) error {
	if err := t.wait(ctx); err != nil || i.in.DryRun {
		return err
	}
	if err := holdRevision(ctx, tx); err != nil {
		return err
	}
	beside := map[string]string{}
	for _, c := range b.entries {
		beside[c.known.base.Code()] = c.known.base.VersionID
	}
	said := func(entry string) {
		if k := i.known[entry[19:]]; k != nil {
			beside[k.base.Code()] = k.base.VersionID
		}
	}
	for _, s := range b.stated {
		said(s.Entry)
	}
	for _, k := range b.agreed { // what agreed with the version before may differ from this one
		said(k.Entry)
	}
	now, err := versionsInForce(ctx, tx, slices.Sorted(maps.Keys(beside)))
	if err != nil {
		return fmt.Errorf("looking which base versions are in force: %w", err)
	}
	for _, r := range now {
		if beside[r.Code] != r.VersionID || r.State == Cancelled {
			return errBaseMoved
		}
	}
	return nil
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
		if unknown, err := i.s.unknownCertificates(ctx, tx, &m.d); err != nil {
			return err
		} else if len(unknown) > 0 {
			tell("certificate", "cert", strings.Join(unknown, "、"))
			continue
		}
		if ok, err := i.s.restsWell(ctx, tx, &m.d); err != nil {
			return err
		} else if !ok {
			tell("power", "catalog_code", m.d.RestsOn())
			continue
		}
		if _, err := baseByCode(ctx, tx, m.d.Code); err == nil {
			tell("base", "catalog_code", m.d.Code) // cancelled for ever
			continue
		} else if !errors.Is(err, db.ErrNotFound) {
			return err
		}
		p := &Base{Version: 1, State: InUse, Definition: m.d}
		if !i.in.DryRun {
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

// with adds what a batch counted.
func (r ImportRun) with(o ImportRun) ImportRun {
	r.Kinds.V = maps.Clone(r.Kinds.V)
	if r.Kinds.V == nil {
		r.Kinds.V = map[string]int64{}
	}
	r.Bases, r.Entries, r.Ended, r.Same, r.Passed = r.Bases+o.Bases, r.Entries+o.Entries, r.Ended+o.Ended, r.Same+o.Same, r.Passed+o.Passed
	return r
}

// written is what a batch did to entries.
type written struct {
	list    []candidate
	known   map[string]entryRow // that were there before
	changed int
	ended   int
	ledger  ledger
}

// entries makes or renews the entries of a batch.
func (i *importer) entries(ctx context.Context, tx *db.Tx, b *portion, o *outcome, look bool) (written, error) {
	list, err := i.placed(ctx, tx, b, o)
	known := map[string]entryRow{}
	w := written{list: list, known: known}
	if err != nil {
		return w, err
	}
	if len(list) > 0 && look {
		codes := make([]any, len(list))
		for n, c := range list {
			codes[n] = c.code
		}
		rows, err := entriesWith(ctx, tx, codes)
		if err != nil {
			return w, fmt.Errorf("reading entries: %w", err)
		}
		for _, r := range rows {
			known[r.EntryCode] = r
		}
		o.known = len(known)
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
	w.changed = len(fresh) + len(renewed)
	w.ledger = ledgerOf(append(slices.Clone(fresh), renewed...))
	o.run.Entries += int64(w.changed)
	if i.in.DryRun {
		return w, nil
	}
	if len(fresh) > 0 {
		if err := bulkEntries(ctx, tx, fresh); err != nil {
			return w, err
		}
	}
	if err := insertEntries(ctx, tx, renewed); err != nil {
		return w, fmt.Errorf("storing entries: %w", err)
	}
	return w, nil
}

// announce writes what follows from the entries: rows that every batch moves on.
func (i *importer) announce(ctx context.Context, tx *db.Tx, b *portion, w written, o *outcome) error {
	if w.changed+w.ended > 0 && !i.in.DryRun {
		if err := changed(ctx, tx, w.ledger); err != nil {
			return err
		}
	}
	if w.changed > 0 && !i.in.DryRun {
		err := i.s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "item.imported", Actor: i.by.Name(), Office: i.by.OfficePath, Object: "import:" + i.run.ID,
			Data: map[string]any{"entries": w.changed}})
		if err != nil {
			return err
		}
	}
	differ, agree, err := i.state(ctx, tx, b, w.list, w.known)
	o.run.Stated, o.run.Agreed = o.run.Stated+differ, o.run.Agreed+agree
	return err
}

// placed finds the offices of entries, and tells those that have none.
func (i *importer) placed(ctx context.Context, tx *db.Tx, b *portion, o *outcome) ([]candidate, error) {
	if err := i.lookUp(ctx, tx, b, o.offices); err != nil {
		return nil, err
	}
	list := make([]candidate, 0, len(b.entries))
	for _, c := range b.entries {
		office := o.offices[c.code[:18]]
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

// lookUp finds the offices a batch names, each asked for once in an import; nil is none.
func (i *importer) lookUp(ctx context.Context, tx *db.Tx, b *portion, into map[string]*Office) error {
	var ask []string
	i.places.Lock()
	for _, c := range b.entries {
		organ := c.code[:18]
		if _, seen := into[organ]; seen {
			continue
		}
		office, asked := i.offices[organ]
		if into[organ] = office; !asked {
			ask = append(ask, strings.Clone(organ)) // it is kept, and must not keep the whole row it is a part of
		}
	}
	i.places.Unlock()
	found, err := i.s.needs.Offices.ByCodes(ctx, tx, ask)
	if err != nil {
		return fmt.Errorf("reading offices: %w", err)
	}
	i.places.Lock()
	defer i.places.Unlock()
	if len(i.offices) > mostOffices {
		clear(i.offices) // a file that names offices without end must not fill the memory with them
	}
	for _, organ := range ask {
		if office, ok := found[organ]; ok {
			into[organ] = &office
		}
		i.offices[organ] = into[organ]
	}
	return nil
}

// version is what an entry would be, and whether that is something new.
func (i *importer) version(tx *db.Tx, c candidate, known map[string]entryRow, offices map[string]*Office) (newVersion, bool) {
	office := offices[c.code[:18]]
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
	was := r.OfficeID
	r.ID, r.EntryCode, r.Version, r.BaseVersionID, r.PublishedAt = db.NewKey(), c.code, r.Version+1, b.VersionID, tx.Now
	r.OfficeID, r.OfficePath, r.OfficeName, r.OfficeCode = office.ID, office.Path, office.Name, office.Code
	r.Override = db.JSON[Override]{V: c.override}
	return newVersion{row: r, base: b.Code(), by: i.by.Name(), was: was}, true
}

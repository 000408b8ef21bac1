package item

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/memo"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema is the module's line of migrations.
var Schema = db.Schema{Name: "item", FS: schemaFS}

// Service keeps the library.
type Service struct {
	db    *db.DB
	needs Needs

	mu       sync.RWMutex
	versions map[string]*published      // by base version id; versions never change, so none is ever dropped
	entries  *memo.Memo[string, *Entry] // by version id, what [Service.Pinned] returns
	present  atomic.Pointer[catalogue]
	building sync.Mutex // who holds it makes the next catalogue
	bulk     atomic.Pointer[segment]
	merging  atomic.Bool
	changes  atomic.Int64 // made by this process since it started
	uses     uses

	meter     meter
	reduction reductionMemory
	quality   qualityMemory
	open      openMemory

	slices struct{ bases, entries int } // how much a recount takes at once
}

// published is a base version with what is made of it once.
type published struct {
	Base
	rules func() (*rules, error) // the conditions, compiled when first asked for: most guides are found far more often than read
	terms terms
}

// New returns the service.
func New(d *db.DB, n Needs) *Service {
	s := &Service{db: d, needs: n, versions: map[string]*published{}, entries: memo.New[string, *Entry](mostEntries),
		uses: uses{ranked: memo.New[string, *ranking](mostPlaces)}}
	s.slices.bases, s.slices.entries = slicedBases, slicedEntries
	return s
}

// Changes counts what this process has changed in the library since it started. It costs nothing to ask, so that pages made from
// the library can be forgotten at once; what other nodes change is seen by [Service.Revision].
func (s *Service) Changes() int64 { return s.changes.Load() }

// update is db.Update for what changes the library.
func (s *Service) update(ctx context.Context, f func(tx *db.Tx) error) error {
	defer s.changes.Add(1)
	return s.db.Update(ctx, f)
}

// Entry returns the current version of an entry by its 31-character code, whatever its state; fault.NotFound "item.not_found"
// when there is none.
func (s *Service) Entry(ctx context.Context, tx *db.Tx, code string) (*Entry, error) {
	r, err := standing(ctx, tx, code)
	if err != nil {
		return s.found(ctx, tx, entryRow{}, err)
	}
	pinned, err := s.Pinned(ctx, tx, r.VersionID)
	if err != nil {
		return nil, err
	}
	e := *pinned
	e.State, e.Reason = worse(r.State, r.Reason, r.BaseState, r.BaseReason)
	return &e, s.supported(ctx, tx, &e)
}

// Guided returns what a guide shows of an entry: its current version and what is to come for it, with two questions where nothing is.
// fault.NotFound "item.not_found" when there is no such entry.
func (s *Service) Guided(ctx context.Context, tx *db.Tx, code string) (*Entry, []Plan, error) {
	r, err := guided(ctx, tx, code)
	e, err := s.found(ctx, tx, r.entryRow, err)
	if err != nil {
		return nil, nil, err
	}
	if err := s.supported(ctx, tx, e); err != nil || !r.Planned {
		return e, nil, err
	}
	plans, err := s.Plans(ctx, tx, code, e.BaseCode)
	return e, plans, err
}

// EntryVersion returns one version of an entry, for ever the same but for its state; fault.NotFound "item.not_found" when there
// is none.
func (s *Service) EntryVersion(ctx context.Context, tx *db.Tx, id string) (*Entry, error) {
	r, err := entryByVersion(ctx, tx, id)
	return s.found(ctx, tx, r, err)
}

// mostEntries bounds the entries kept in memory, a kilobyte or two each.
const mostEntries = 10_000

// Pinned returns one version of an entry as it was published, what a case is handled by; State and Reason say what was so when it was first
// read. It is [Service.EntryVersion] kept in memory: versions never change.
func (s *Service) Pinned(ctx context.Context, tx *db.Tx, id string) (*Entry, error) {
	e, ok, age := s.entries.Get(id)
	if ok {
		return e, nil
	}
	e, err := s.EntryVersion(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	s.entries.Put(id, e, age)
	return e, nil
}

// Base returns the version of a base item that is in force by its 12-digit code; fault.NotFound "item.not_found" when there is
// none.
func (s *Service) Base(ctx context.Context, tx *db.Tx, code string) (*Base, error) {
	r, err := baseByCode(ctx, tx, code)
	if errors.Is(err, db.ErrNotFound) {
		return nil, fault.New(fault.NotFound, "item.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("reading base item: %w", err)
	}
	p, err := s.version(ctx, tx, r.VersionID)
	if err != nil {
		return nil, err
	}
	b := p.Base
	b.State = r.State
	return &b, nil
}

func (s *Service) found(ctx context.Context, tx *db.Tx, r entryRow, err error) (*Entry, error) {
	if errors.Is(err, db.ErrNotFound) {
		return nil, fault.New(fault.NotFound, "item.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("reading entry: %w", err)
	}
	return s.entry(ctx, tx, r)
}

// entry puts a row on top of the base version it belongs to.
func (s *Service) entry(ctx context.Context, tx *db.Tx, r entryRow) (*Entry, error) {
	p, err := s.version(ctx, tx, r.BaseVersionID)
	if err != nil {
		return nil, err
	}
	return p.entry(r), nil
}

// Preview returns what every entry of a base item has in common, as an entry without an office: for people who have not said yet
// where they live. fault.NotFound "item.not_found" when there is no such base item.
func (s *Service) Preview(ctx context.Context, tx *db.Tx, code string) (*Entry, error) {
	r, err := baseByCode(ctx, tx, code)
	if errors.Is(err, db.ErrNotFound) {
		return nil, fault.New(fault.NotFound, "item.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("reading base item: %w", err)
	}
	p, err := s.version(ctx, tx, r.VersionID)
	if err != nil {
		return nil, err
	}
	e := p.entry(entryRow{State: InUse, BaseState: r.State, BaseReason: r.Reason})
	return e, s.supported(ctx, tx, e)
}

func (p *published) entry(r entryRow) *Entry {
	d := &p.Definition
	e := &Entry{
		ID: r.ID, Code: r.EntryCode, Version: r.Version, BaseCode: d.Code, BaseVersion: p.Version,
		Name: d.Name, Short: d.Short, Kind: d.Kind, Audience: d.Audience,
		OfficeID: r.OfficeID, OfficePath: r.OfficePath, OfficeName: r.OfficeName, OfficeCode: r.OfficeCode,
		Department: d.Department, Region: r.Region, Level: int(exercisingLevel(r.Region)),
		LegalDays: d.LegalDays, LegalUnit: d.LegalUnit, LegalNote: d.LegalNote,
		PromiseDays: d.PromiseDays, PromiseUnit: d.PromiseUnit, Instant: d.Instant,
		Visits: d.Visits, VisitReason: d.VisitReason, Online: d.Online,
		Power: d.RestsOn(), Themes: d.Themes, LifeEvents: d.LifeEvents, Opinions: d.Departments,
		Guide: &d.Guide, Contact: r.Override.V.Contact, PublishedAt: r.PublishedAt, rules: p.rules,
	}
	e.State, e.Reason = worse(r.State, r.Reason, r.BaseState, r.BaseReason)
	e.baseUnit = d.PromiseUnit
	if n, u, own := r.Override.V.promise(d); own {
		e.PromiseDays, e.PromiseUnit, e.Instant = n, u, n == 0
	}
	if o := r.Override.V.Visits; o != nil && *o < e.Visits {
		e.Visits = *o
	}
	return e
}

// worse returns the state that stops more.
func worse(entry State, why string, base State, baseWhy string) (State, string) {
	order := map[State]int{InUse: 0, Paused: 1, Cancelled: 2}
	if order[base] > order[entry] {
		return base, baseWhy
	}
	return entry, why
}

// version returns a base version, read and compiled once.
func (s *Service) version(ctx context.Context, tx *db.Tx, id string) (*published, error) {
	s.mu.RLock()
	p, ok := s.versions[id]
	s.mu.RUnlock()
	if ok {
		return p, nil
	}
	r, err := baseVersion(ctx, tx, id)
	if err != nil {
		return nil, fmt.Errorf("reading base version %s: %w", id, err)
	}
	return s.keep(r), nil
}

// keep makes what is made of a version once and remembers it.
func (s *Service) keep(r baseVersionRow) *published {
	p := &published{Base: Base{VersionID: r.ID, Version: r.Version, Digest: r.Digest,
		Definition: r.Definition.V, PublishedAt: r.PublishedAt, PublishedBy: r.PublishedBy}}
	p.rules = sync.OnceValues(func() (*rules, error) { return compile(&p.Guide) })
	p.terms = termsOf(&p.Definition)
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.versions[r.ID]; ok {
		return known
	}
	s.versions[r.ID] = p
	return p
}

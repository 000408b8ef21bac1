package office

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "office", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Service keeps offices, posts, regions and calendars. Safe for concurrent use.
type Service struct {
	db        *db.DB
	needs     Needs
	rights    *rights
	directory atomic.Pointer[region.Directory]
	mu        sync.Mutex
	calendars map[region.Code]*workday.Calendar
	read      time.Time // when calendars was begun
	changed   []func()  // told when posts or offices change; set before the service is used
	byID      sync.Map  // office id → Office: offices change once in years, and every change clears it

	heirs   map[string]Office // of dissolved offices by path, as read at heirsAt; nil when never; both under mu
	heirsAt time.Time
}

// New returns the service. The policies are built from the grants; a grant that can't be one is a mistake of the program.
func New(d *db.DB, n Needs) (*Service, error) {
	r, err := newRights(n.Grants)
	if err != nil {
		return nil, err
	}
	s := &Service{db: d, needs: n, rights: r, calendars: map[region.Code]*workday.Calendar{}}
	s.directory.Store(region.JilinDirectory())
	return s, nil
}

// OnChange has f called after posts or offices changed, on this node: for what others remember of them. Call it while the program is put together.
func (s *Service) OnChange(f func()) { s.changed = append(s.changed, f) }

func (s *Service) tell() {
	s.byID.Clear()
	s.mu.Lock()
	s.heirs = nil
	s.mu.Unlock()
	for _, f := range s.changed {
		f()
	}
}

// Check decides whether by may do action on the target: fault.Forbidden "office.no_right" when not.
func (s *Service) Check(by actor.Actor, action string, on actor.Target) error {
	return s.rights.check(by, action, on)
}

// Reach returns the office-path prefixes within which by may do action, for lists; none means an empty list.
func (s *Service) Reach(by actor.Actor, action string) []string { return s.rights.reach(by, action) }

// Directory returns the regions as they are now.
func (s *Service) Directory() *region.Directory { return s.directory.Load() }

// LoadReference loads regions, their history and the holiday notices the program ships where the tables lack them, and the directory
// from the tables. Doing it again does nothing.
func (s *Service) LoadReference(ctx context.Context) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM office_region`)
		if err != nil {
			return err
		}
		if n == 0 {
			if err := insertRegions(ctx, tx, region.Jilin()); err != nil {
				return err
			}
			if err := insertChanges(ctx, tx, region.JilinHistory()); err != nil {
				return err
			}
		}
		if err := insertNotices(ctx, tx, workday.Notices()); err != nil {
			return err
		}
		return seedLocalDays(ctx, tx, workday.Extras())
	})
	if err != nil {
		return fmt.Errorf("loading reference data: %w", err)
	}
	return s.loadDirectory(ctx)
}

func (s *Service) loadDirectory(ctx context.Context) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[region.Row](ctx, tx, `SELECT code, name FROM office_region ORDER BY code`)
		if err != nil {
			return err
		}
		d, err := region.NewDirectory(rows, region.JilinHistory())
		if err != nil {
			return fmt.Errorf("building the directory of regions: %w", err)
		}
		s.directory.Store(d)
		return nil
	})
}

// calendarsFor is how long a node remembers calendars: a notice may come in through another one.
const calendarsFor = time.Minute

// ForgetCalendars has every calendar read anew on this node.
func (s *Service) ForgetCalendars() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.calendars)
}

// CalendarRevision names what all calendars are made from, and in words what came last: a year, or a region and a year.
func (s *Service) CalendarRevision(ctx context.Context, tx *db.Tx) (revision, what string, err error) {
	type imported struct {
		Year       int
		ImportedAt time.Time
	}
	rows, err := db.All[imported](ctx, tx, `SELECT year, imported_at FROM office_notice ORDER BY year`)
	if err != nil {
		return "", "", fmt.Errorf("reading calendars: %w", err)
	}
	sum, last := sha256.New(), time.Time{}
	for _, r := range rows {
		fmt.Fprintf(sum, "%d %d\n", r.Year, r.ImportedAt.UnixMilli())
		if r.ImportedAt.After(last) {
			last, what = r.ImportedAt, strconv.Itoa(r.Year)
		}
	}
	days, err := counting(ctx, tx, `1 = 1`)
	if err != nil {
		return "", "", fmt.Errorf("reading calendars: %w", err)
	}
	for _, d := range days {
		switch {
		case !d.Until.IsZero():
			fmt.Fprintf(sum, "%s %s\n", d.ID, d.Until)
		case d.DecidedBy != shipped: // what the program ships has always counted: it is no change
			fmt.Fprintf(sum, "%s\n", d.ID)
		}
		if d.DecidedBy != shipped && d.DecidedAt.After(last) {
			last, what = d.DecidedAt, s.placeOf(d.Region)+" "+strconv.Itoa(d.OnDate.Year())
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16]), what, nil
}

// placeOf names the region whose codes begin with some digits.
func (s *Service) placeOf(prefix string) string {
	r, err := region.Parse(prefix)
	if err != nil {
		return prefix
	}
	return Place(s.Directory(), r)
}

// Calendar returns the working days of a region: every imported notice and the region's own days. A notice that came in through another node
// counts after a minute at the latest.
func (s *Service) Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error) {
	// Extra days belong to prefectures and counties: all below a county share its calendar.
	key := r
	for key.Level() > region.County {
		key = key.Parent()
	}
	s.mu.Lock()
	if tx.Now.Sub(s.read) > calendarsFor {
		clear(s.calendars)
		s.read = tx.Now
	}
	c, ok := s.calendars[key]
	s.mu.Unlock()
	if ok {
		return c, nil
	}
	texts, err := db.All[string](ctx, tx, `SELECT notice FROM office_notice ORDER BY year`)
	if err != nil {
		return nil, fmt.Errorf("reading calendars: %w", err)
	}
	notices := make([]workday.Notice, len(texts))
	for i, t := range texts {
		if err := json.Unmarshal([]byte(t), &notices[i]); err != nil {
			return nil, fmt.Errorf("reading calendars: %w", err)
		}
	}
	yearly, single, err := local(ctx, tx, key)
	if err != nil {
		return nil, fmt.Errorf("reading calendars: %w", err)
	}
	if c, err = workday.NewLocal(notices, yearly, single); err != nil {
		return nil, fmt.Errorf("building a calendar: %w", err)
	}
	s.mu.Lock()
	s.calendars[key] = c
	s.mu.Unlock()
	return c, nil
}

// Office returns one office; fault.NotFound "office.not_found".
func (s *Service) Office(ctx context.Context, tx *db.Tx, id ID) (Office, error) {
	if o, ok := s.byID.Load(id); ok {
		return o.(Office), nil
	}
	o, err := one(ctx, tx, `id = $1`, id)
	if err == nil {
		s.byID.Store(id, o)
	}
	return o, err
}

// ByPath returns the office with this path; fault.NotFound "office.not_found".
func (s *Service) ByPath(ctx context.Context, tx *db.Tx, path string) (Office, error) {
	return one(ctx, tx, `path = $1`, path)
}

// ByPaths returns the offices at these paths by their paths, those that exist, with one statement.
func (s *Service) ByPaths(ctx context.Context, tx *db.Tx, paths []string) (map[string]Office, error) {
	args := make([]any, len(paths))
	for i, p := range paths {
		args[i] = p
	}
	list, err := db.All[Office](ctx, tx, `SELECT `+officeColumns+` FROM office_office WHERE path IN (`+db.In(len(paths), 1)+`)`, args...)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Office, len(list))
	for _, o := range list {
		found[o.Path] = o
	}
	return found, nil
}

// ByCodes returns the offices with these unified social credit codes by their codes, those that exist, with one statement; of several with one
// code that with the first path. Under the code of a dissolved office stands the one that took it over.
func (s *Service) ByCodes(ctx context.Context, tx *db.Tx, codes []string) (map[string]Office, error) {
	found := make(map[string]Office, len(codes))
	if len(codes) == 0 {
		return found, nil
	}
	args := make([]any, len(codes))
	for i, c := range codes {
		args[i] = c
	}
	type row struct {
		Asked string
		Office
	}
	list, err := db.All[row](ctx, tx, `SELECT o.code AS asked, h.id, h.path, h.parent, h.kind, h.name, h.region, h.department, h.code, h.successor
FROM office_office o JOIN office_office h ON h.path = CASE WHEN o.successor = '' THEN o.path ELSE o.successor END WHERE o.code IN (`+db.In(len(codes), 1)+`) ORDER BY o.path DESC`, args...)
	for _, r := range list {
		found[r.Asked] = r.Office
	}
	return found, err
}

func one(ctx context.Context, tx *db.Tx, where string, arg any) (Office, error) {
	o, err := db.One[Office](ctx, tx, `SELECT `+officeColumns+` FROM office_office WHERE `+where, arg)
	if errors.Is(err, db.ErrNotFound) {
		return o, fault.New(fault.NotFound, "office.not_found")
	}
	return o, err
}

// Departments returns every office with this department code that stands, of all levels, by path.
func (s *Service) Departments(ctx context.Context, tx *db.Tx, department string) ([]Office, error) {
	return db.All[Office](ctx, tx, `SELECT `+officeColumns+` FROM office_office WHERE department = $1 AND successor = '' ORDER BY path`, department)
}

// Children returns the offices right below a path, by path, those after `after`; "" is above the province.
func (s *Service) Children(ctx context.Context, tx *db.Tx, parent, after string, limit int) ([]Office, error) {
	return db.All[Office](ctx, tx, `SELECT `+officeColumns+` FROM office_office
WHERE parent = $1 AND path > $2 ORDER BY path LIMIT $3`, parent, after, limit)
}

// Governments returns the governments below a path and itself that stand, of every level, by path: down to the committee of each village.
func (s *Service) Governments(ctx context.Context, tx *db.Tx, path string) ([]Office, error) {
	var args []any
	where := db.PrefixAny("path", []string{path}, &args)
	return db.All[Office](ctx, tx, `SELECT `+officeColumns+` FROM office_office WHERE kind = 'government' AND successor = '' AND `+where+`
ORDER BY path`, args...)
}

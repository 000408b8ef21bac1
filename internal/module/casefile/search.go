package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Query says which cases an officer looks for. Zero fields do not limit.
type Query struct {
	Text   string // a case's number, a document's whole number, or its first 15 digits at least (office and day); or how the item's name begins
	State  State
	From   civil.Date // handed in on this day or later
	Until  civil.Date // or on this day at the latest
	Before string     // the next page: cases older than this id
	Limit  int        // at most 200; 0 is 50
}

// headDigits are those of a number that name the office and the day: with fewer a search would walk through an office's years.
const headDigits = 15

// searchedDays is how far back a search for a state or an item goes unless it says from when: what is looked for may be nowhere, and nobody
// waits while all years are read.
const searchedDays = 366

// scope is a subtree by may search, and the base items it is limited to.
type scope struct {
	path  string
	items []string
}

// Search returns cases within by's reach, newest first. What it costs does not grow with the cases there are. Names of applicants are sealed and can't be searched for. fault.Invalid "casefile.number_short" for a few digits.
func (s *Service) Search(ctx context.Context, by actor.Actor, q Query) (out []Case, err error) {
	if err := s.MaySearch(by); err != nil {
		return nil, err
	}
	scopes := s.scopes(by)
	q.Text = strings.TrimSpace(q.Text)
	if q.Limit < 1 || q.Limit > 200 {
		q.Limit = 50
	}
	if q.Before == "" {
		q.Before = lastKey
	}
	if number := typedNumber(q.Text); isPaperNumber(number) {
		return s.byPaper(ctx, scopes, q, number)
	}
	digits := allDigits(q.Text)
	if digits && len(q.Text) < headDigits {
		return nil, fault.New(fault.Invalid, "casefile.bad_search").Field("q", "casefile.number_short", headDigits)
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if digits {
			out, err = byNumbers(ctx, tx, scopes, q)
			return err
		}
		if q.From.IsZero() && (q.Text != "" || q.State != "") {
			q.From = civil.Of(tx.Now).Add(-searchedDays)
		}
		out, err = within(ctx, tx, scopes, q)
		return err
	})
	return out, err
}

// byPaper finds the case a document belongs to, if it lies within the scopes.
func (s *Service) byPaper(ctx context.Context, scopes []scope, q Query, number string) (out []Case, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		_, caseNumber, record := caseOfRecord(number)
		if !record {
			caseNumber, err = caseOfPaper(ctx, tx, number)
			if errors.Is(err, db.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
		}
		q.Text = caseNumber
		out, err = byNumbers(ctx, tx, scopes, q)
		return err
	})
	return out, err
}

// scopes are the subtrees of by's duties that may search, without those that lie in another.
func (s *Service) scopes(by actor.Actor) []scope {
	var all []scope
	for _, path := range s.needs.Rights.Reach(by, ActSearch) {
		sc, unlimited := scope{path: path}, by.Kind == actor.System
		for _, d := range by.Duties {
			if d.OfficePath == path && grants(ActSearch, d.Role) {
				unlimited = unlimited || len(d.Items) == 0
				sc.items = append(sc.items, d.Items...)
			}
		}
		if unlimited {
			sc.items = nil
		}
		all = append(all, sc)
	}
	return slices.DeleteFunc(slices.Clone(all), func(inner scope) bool {
		return slices.ContainsFunc(all, func(outer scope) bool {
			return len(outer.path) < len(inner.path) && strings.HasPrefix(inner.path, outer.path) && outer.items == nil
		})
	})
}

// byNumbers finds cases by number: one, or those of an office and a day.
func byNumbers(ctx context.Context, tx *db.Tx, scopes []scope, q Query) ([]Case, error) {
	var args []any
	where := db.PrefixAny("number", []string{q.Text}, &args)
	var reach []string
	for _, sc := range scopes {
		terms := make([]string, 0, 3)
		for _, column := range []string{"office_path", "centre_path", "received_path"} {
			terms = append(terms, db.PrefixAny(column+" || ''", []string{sc.path}, &args)) // the number alone finds them
		}
		reach = append(reach, "("+strings.Join(terms, " OR ")+")"+itemTerm(sc, &args))
	}
	where += " AND (" + strings.Join(reach, " OR ") + ")"
	args = append(args, q.Before)
	return find(ctx, tx, look{where + fmt.Sprintf(" AND id || '' < $%d", len(args)), args, "id || ''"}, q)
}

// firstWindow is how far back the first look of a search goes; each next one goes four times as far.
const firstWindow = time.Hour

// within lists the cases of each scope and puts the newest of all together. Where an index gives the answer in its order, one look is enough. Where
// rows must be passed over, it looks back hour by hour, then day by day and further, until the page is full: however a planner finds the rows of
// such a window, there are not more than the page needs, be it among thousands or millions.
func within(ctx context.Context, tx *db.Tx, scopes []scope, q Query) (out []Case, err error) {
	floor, upper := "", q.Before
	if !q.From.IsZero() {
		floor = keyAt(q.From.Add(-1).Start())
	}
	begin := tx.Now
	if !q.Until.IsZero() {
		begin = q.Until.Add(1).End()
		upper = min(upper, keyAt(begin))
	}
	if at, ok := timeOf(q.Before); ok && at.Before(begin) {
		begin = at
	}
	filtered := q.Text != "" || q.State != "" || slices.ContainsFunc(scopes, func(sc scope) bool { return len(sc.path) <= 2 || sc.items != nil })
	for span := firstWindow; len(out) < q.Limit; span *= 4 {
		lower := max(floor, keyAt(begin.Add(-span)))
		last := !filtered || lower == floor || span > 2*searchedDays*24*time.Hour
		if last {
			lower = floor
		}
		rows, err := window(ctx, tx, scopes, q, lower, upper)
		if err != nil {
			return nil, err
		}
		out, upper = append(out, rows...), lower
		if last {
			break
		}
	}
	return out[:min(len(out), q.Limit)], nil
}

// window lists the cases of each scope whose keys lie between two, newest first.
func window(ctx context.Context, tx *db.Tx, scopes []scope, q Query, lower, upper string) ([]Case, error) {
	var out []Case
	for _, sc := range scopes {
		for _, l := range looks(sc.path) {
			args := slices.Clone(l.args)
			where := l.where + itemTerm(sc, &args)
			where += fmt.Sprintf(" AND %s >= $%d AND %s < $%d", l.key, len(args)+1, l.key, len(args)+2)
			rows, err := find(ctx, tx, look{where, append(args, lower, upper), l.key}, q)
			if err != nil {
				return nil, err
			}
			out = append(out, rows...)
		}
	}
	slices.SortFunc(out, func(a, b Case) int { return strings.Compare(b.ID, a.ID) })
	return slices.CompactFunc(out, func(a, b Case) bool { return a.ID == b.ID }), nil
}

// look is one way into the table: its condition, and how it names the key.
type look struct {
	where string
	args  []any
	key   string
}

// looks are the ways that cover a subtree. A prefecture and a county have an index of their own; the province is everything, newest first; an
// office is its own cases, those it receives for others, and those of the few offices below it. An expression instead of a plain column keeps
// planners from the index on it.
func looks(path string) []look {
	switch len(path) {
	case 0, 2:
		return []look{{`office_path || '' >= $1 AND office_path || '' < $2`, []any{path, path + "z"}, "id"}}
	case 4, 6:
		return []look{{fmt.Sprintf(`substr(office_path, 1, %d) = $1`, len(path)), []any{path}, "id"}}
	}
	return []look{{`office_path = $1`, []any{path}, "id"}, {`office_path > $1 AND office_path < $2`, []any{path, path + "z"}, "id || ''"},
		{`centre_path = $1`, []any{path}, "id"}, {`received_path = $1 AND received_path <> ''`, []any{path}, "id"}}
}

func itemTerm(sc scope, args *[]any) string {
	if sc.items == nil {
		return ""
	}
	from := len(*args) + 1
	for _, i := range sc.items {
		*args = append(*args, i)
	}
	return " AND base_code IN (" + db.In(len(sc.items), from) + ")"
}

// find runs one look with what the query limits.
func find(ctx context.Context, tx *db.Tx, l look, q Query) ([]Case, error) {
	where, args := l.where, l.args
	add := func(text string, values ...any) {
		for i := range values {
			text = strings.Replace(text, "?", fmt.Sprintf("$%d", len(args)+i+1), 1)
		}
		where, args = where+" AND "+text, append(args, values...)
	}
	if q.State != "" {
		add("state = ?", string(q.State))
	}
	if !q.From.IsZero() {
		add("submitted_at >= ?", q.From.Start())
	}
	if !q.Until.IsZero() {
		add("submitted_at < ?", q.Until.End())
	}
	if q.Text != "" && !allDigits(q.Text) {
		add("substr(item_name, 1, ?) = ?", utf8.RuneCountInString(q.Text), q.Text)
	}
	add("1 = 1 ORDER BY "+l.key+" DESC LIMIT ?", q.Limit)
	return db.All[Case](ctx, tx, selectCase+where, args...)
}

func allDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// keyAt is where the keys made at an instant begin: they hold the time to the millisecond. Bounds by dates are a day wide of them, because a key is
// made a moment after its transaction began.
func keyAt(at time.Time) string {
	ms := fmt.Sprintf("%012x", max(0, at.UnixMilli()))
	return ms[:8] + "-" + ms[8:]
}

// timeOf reads when a key was made.
func timeOf(key string) (time.Time, bool) {
	if len(key) < 13 {
		return time.Time{}, false
	}
	ms, err := strconv.ParseInt(key[:8]+key[9:13], 16, 64)
	return time.UnixMilli(ms), err == nil
}

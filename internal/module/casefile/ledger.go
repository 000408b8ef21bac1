package casefile

import (
	"context"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Part is what the clock does in an interval.
type Part string

// The parts of a ledger.
const (
	PartRunning  Part = "running"  // 计时
	PartExcluded Part = "excluded" // 特别程序，不计时
	PartWaiting  Part = "waiting"  // 受理之前等待补正
)

// Interval is one line of the clock's ledger: the days after FromOn up to and including UntilOn. The day something happens is never its own
// (民法典第二百零一条), so that the intervals of a case join without gap or overlap.
type Interval struct {
	ID       string
	Part     Part
	Kind     string // running, correction, or a special procedure's
	Name     string
	Basis    string
	Days     int        // of an excluded one: working days announced to the applicant
	FromOn   civil.Date // of one that follows: when the time announced before ended
	UntilOn  civil.Date // zero while it lasts
	LimitOn  civil.Date // of an excluded one: last day that is left out as announced
	Follows  bool       // a further notice of the procedure in the line before
	Paper    string     // number of the document that told the applicant
	Calendar string     // version
	Leaf     string     // id of the log's leaf that began it
}

// errUnwritten is the programmer's mistake of stopping a clock in silence. The schema refuses it too.
var errUnwritten error = fault.New(fault.Invalid, "casefile.clock_unwritten")

// written refuses an interval that stops a clock without telling the applicant by which document, on what ground and for how long.
func (i Interval) written() error {
	if i.Part == PartRunning {
		return nil
	}
	if i.Paper == "" || i.Basis == "" || i.Part == PartExcluded && i.Days < 1 {
		return errUnwritten
	}
	return nil
}

const intervalColumns = `id, part, kind, name, basis, days, from_on, until_on, limit_on, follows, paper, calendar, leaf`

func intervalsOf(ctx context.Context, tx *db.Tx, id string) ([]Interval, error) {
	return db.All[Interval](ctx, tx, `SELECT `+intervalColumns+` FROM casefile_interval WHERE case_id = $1 ORDER BY id LIMIT 200`, id)
}

func insertInterval(ctx context.Context, tx *db.Tx, id string, i Interval) error {
	if err := i.written(); err != nil {
		return err
	}
	return tx.Later(ctx, `INSERT INTO casefile_interval (case_id, `+intervalColumns+`) VALUES (`+db.In(14, 1)+`)`,
		id, i.ID, string(i.Part), i.Kind, i.Name, i.Basis, i.Days, i.FromOn, i.UntilOn, i.LimitOn, i.Follows, i.Paper, i.Calendar, i.Leaf)
}

// begin opens a line of the ledger in the name of the step's leaf.
func (st *step) begin(ctx context.Context, tx *db.Tx, i Interval) error {
	i.ID, i.Leaf, i.Calendar = db.NewKey(), st.leaf, st.calendar.Version()
	if err := insertInterval(ctx, tx, st.c.ID, i); err != nil {
		return err
	}
	st.intervals = append(st.intervals, i)
	return nil
}

// end closes what of a part lasts; a part of "" closes everything.
func (st *step) end(ctx context.Context, tx *db.Tx, p Part, until civil.Date) error {
	for n := range st.intervals {
		i := &st.intervals[n]
		if i.UntilOn.IsZero() && (p == "" || i.Part == p) {
			i.UntilOn = until
		}
	}
	if st.looking {
		return nil // only the document is wanted
	}
	if p == "" {
		return tx.Later(ctx, `UPDATE casefile_interval SET until_on = $1 WHERE case_id = $2 AND until_on IS NULL`, until, st.c.ID)
	}
	return tx.Later(ctx, `UPDATE casefile_interval SET until_on = $1 WHERE case_id = $2 AND until_on IS NULL AND part = $3`, until, st.c.ID, string(p))
}

// notRunning are the intervals in which the clock does not count.
func notRunning(list []Interval) []Interval {
	var out []Interval
	for _, i := range list {
		if i.Part != PartRunning {
			out = append(out, i)
		}
	}
	return out
}

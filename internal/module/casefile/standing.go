package casefile

import (
	"context"
	"time"

	"github.com/google/uuid"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// Standing is where a case stands, for those who watch over deadlines: nothing the applicant said, and no name.
type Standing struct {
	ID            string
	Number        string
	State         State
	ItemName      string
	BaseCode      string
	OfficePath    string
	Channel       string
	SubmittedAt   time.Time
	DecidedAt     time.Time
	ReplyDue      civil.Date
	PromiseDue    civil.Date
	YellowOn      civil.Date
	Since         civil.Date // the day a correction or a special procedure began that still lasts
	Corrections   int
	DecidedLate   bool      // it was decided after the promised day
	FirstUploadAt time.Time // when the first of its files came; zero without a file
}

type standingRow struct {
	Standing
	FirstFile *string
}

const selectStanding = `SELECT c.id, c.number, c.state, c.item_name, c.base_code, c.office_path, c.channel, c.submitted_at, c.decided_at, c.reply_due, c.promise_due,
c.yellow_on, c.corrections,
(SELECT max(i.from_on) FROM casefile_interval i WHERE i.case_id = c.id AND i.until_on IS NULL) AS since,
(SELECT min(m.file_id) FROM casefile_material m WHERE m.case_id = c.id AND m.file_id <> '') AS first_file FROM casefile_case c `

// Standings returns where cases stand, in any order. It is for the program alone: whoever shows them asks whether they may be seen.
func (s *Service) Standings(ctx context.Context, tx *db.Tx, ids []string) ([]Standing, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := db.All[standingRow](ctx, tx, selectStanding+`WHERE c.id IN (`+db.In(len(ids), 1)+`)`, args...)
	return standings(rows), err
}

// StandingsAfter walks all cases by their keys, for whoever counts them anew.
func (s *Service) StandingsAfter(ctx context.Context, tx *db.Tx, after string, limit int) ([]Standing, error) {
	rows, err := db.All[standingRow](ctx, tx, selectStanding+`WHERE c.id > $1 ORDER BY c.id LIMIT $2`, after, limit)
	return standings(rows), err
}

func standings(rows []standingRow) []Standing {
	out := make([]Standing, len(rows))
	for i, r := range rows {
		r.DecidedLate = !r.DecidedAt.IsZero() && !r.PromiseDue.IsZero() && civil.Of(r.DecidedAt).After(r.PromiseDue)
		if r.FirstFile != nil {
			r.FirstUploadAt = madeAt(*r.FirstFile)
		}
		out[i] = r.Standing
	}
	return out
}

// madeAt is when a key was made: keys carry their time (UUID version 7).
func madeAt(key string) time.Time {
	id, err := uuid.Parse(key)
	if err != nil || id.Version() != 7 {
		return time.Time{}
	}
	seconds, nanos := id.Time().UnixTime()
	return time.Unix(seconds, nanos).UTC()
}

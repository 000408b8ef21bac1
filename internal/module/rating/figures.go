package rating

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
)

// Counts are how often each grade was given, and how many of the bad ones are answered.
type Counts struct {
	VerySatisfied    int64
	Satisfied        int64
	FairlySatisfied  int64
	Dissatisfied     int64
	VeryDissatisfied int64
	Answered         int64
}

// Of returns the count of one grade.
func (c Counts) Of(g Grade) int64 {
	return map[Grade]int64{VerySatisfied: c.VerySatisfied, Satisfied: c.Satisfied, FairlySatisfied: c.FairlySatisfied,
		Dissatisfied: c.Dissatisfied, VeryDissatisfied: c.VeryDissatisfied}[g]
}

// Total counts all ratings.
func (c Counts) Total() int64 { return c.VerySatisfied + c.Satisfied + c.FairlySatisfied + c.Bad() }

// Bad counts the bad ones.
func (c Counts) Bad() int64 { return c.Dissatisfied + c.VeryDissatisfied }

// GoodRate is the share of the three better grades (好评率), 0 to 1; ok is false while nobody has rated.
func (c Counts) GoodRate() (share float64, ok bool) {
	if c.Total() == 0 {
		return 0, false
	}
	return float64(c.Total()-c.Bad()) / float64(c.Total()), true
}

// AnsweredRate is the share of the bad ones that are answered (差评整改率), 0 to 1; ok is false when there is none.
func (c Counts) AnsweredRate() (share float64, ok bool) {
	if c.Bad() == 0 {
		return 0, false
	}
	return float64(c.Answered) / float64(c.Bad()), true
}

// OfficeCounts are the counts of one office.
type OfficeCounts struct {
	OfficePath string
	OfficeName string
	Counts
}

// FiguresQuery asks for the offices of a region; the zero region is all.
type FiguresQuery struct {
	Region region.Code
	After  string // OfficeCounts.OfficePath
	Limit  int
}

// Figures are the public figures of a region.
type Figures struct {
	Total   Counts
	Offices []OfficeCounts
	Next    string
}

// Figures returns the public figures, to anybody. It reads a row an office, never a rating.
func (s *Service) Figures(ctx context.Context, _ actor.Actor, q FiguresQuery) (f Figures, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if f.Total, err = total(ctx, tx, q.Region.Prefix()); err != nil {
			return err
		}
		f.Offices, err = officeCounts(ctx, tx, q)
		if len(f.Offices) > q.Limit {
			f.Offices = f.Offices[:q.Limit]
			f.Next = f.Offices[q.Limit-1].OfficePath
		}
		return err
	})
	return f, err
}

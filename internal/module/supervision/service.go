package supervision

import (
	"context"
	"embed"

	"xiangyun/internal/platform/db"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "supervision", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Service watches over cases. Safe for concurrent use.
type Service struct {
	db    *db.DB
	needs Needs
}

// New returns the service.
func New(d *db.DB, n Needs) *Service { return &Service{db: d, needs: n} }

// Rules are the numbers the board and the cards go by; see the table supervision_rule.
type Rules struct {
	SuspendedDays    int // a special procedure that lasts longer is looked into; days
	DeliverDays      int // from the decision to its delivery; days
	LateHour         int // from this hour on, Beijing time, a step is taken at night
	EarlyHour        int // and before this one
	UploadDays       int // from a window's first file to the application; days
	YellowAnswerDays int // working days to answer a yellow card or a reminder
	RedAnswerDays    int // working days to answer a red one
}

func rules(ctx context.Context, tx *db.Tx) (r Rules, err error) {
	type row struct {
		Name  string
		Value int
	}
	rows, err := db.All[row](ctx, tx, `SELECT name, value FROM supervision_rule ORDER BY name LIMIT 100`)
	to := map[string]*int{"suspended_days": &r.SuspendedDays, "deliver_days": &r.DeliverDays, "late_hour": &r.LateHour, "early_hour": &r.EarlyHour,
		"upload_days": &r.UploadDays, "yellow_answer_days": &r.YellowAnswerDays, "red_answer_days": &r.RedAnswerDays}
	for _, v := range rows {
		if at := to[v.Name]; at != nil {
			*at = v.Value
		}
	}
	return r, err
}

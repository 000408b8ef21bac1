package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/platform/db"
)

// Withholding keeps a reading from who was read until an instant, because a law says so. The leaf is in the log and in the subject's list from the
// first moment, marked with law and day; what it says opens by itself when the time has come. There is no way to prolong it: another reading is
// another leaf.
type Withholding struct {
	Until time.Time
	Law   string
}

// LongestWithholding bounds how long a reading may be withheld.
const LongestWithholding = 366 * 24 * time.Hour

// withheld is the data of a leaf that is withheld.
type withheld struct {
	Data  any       `json:"data,omitempty"`
	Law   string    `json:"withheld_by"`
	Until time.Time `json:"withheld_until"`
}

// wrap puts the withholding into what is committed to, so that nobody can lengthen it later.
func (w *Withholding) wrap(data any, now time.Time) (any, error) {
	if w.Law == "" || !w.Until.After(now) || w.Until.After(now.Add(LongestWithholding)) {
		return nil, errors.New("withholding a leaf: it needs a law, and an end within a year")
	}
	return withheld{data, w.Law, w.Until.UTC().Truncate(time.Millisecond)}, nil
}

// keep stores what lists ask for.
func (w *Withholding) keep(ctx context.Context, tx *db.Tx, id string) error {
	return tx.Later(ctx, `INSERT INTO audit_withheld (id, until_at) VALUES ($1, $2)`, id, w.Until)
}

// Withheld tells which of the leaves are withheld now from those they are about. Call it before showing leaves to their subject.
func (l *Log) Withheld(ctx context.Context, tx *db.Tx, list []Leaf) (map[string]Withholding, error) {
	if len(list) == 0 {
		return nil, nil
	}
	args := []any{tx.Now}
	byID := map[string]Leaf{}
	for _, leaf := range list {
		args = append(args, leaf.ID)
		byID[leaf.ID] = leaf
	}
	rows, err := db.All[withheldRow](ctx, tx, `SELECT id, until_at FROM audit_withheld WHERE until_at > $1 AND id IN (`+db.In(len(list), 2)+`)`, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := map[string]Withholding{}
	for _, r := range rows {
		w := Withholding{Until: r.UntilAt}
		var data withheld
		if leaf := byID[r.ID]; len(leaf.Data) > 0 {
			if err := json.Unmarshal(leaf.Data, &data); err != nil {
				return nil, fmt.Errorf("reading why leaf %s is withheld: %w", r.ID, err)
			}
		}
		// What was committed to decides: a row somebody lengthened hides nothing.
		if w.Law = data.Law; !data.Until.IsZero() {
			w.Until = data.Until
		}
		if w.Until.After(tx.Now) {
			out[r.ID] = w
		}
	}
	return out, nil
}

type withheldRow struct {
	ID      string
	UntilAt time.Time
}

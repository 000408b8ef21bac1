package item

import (
	"context"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

type draftRow struct {
	ID          string
	BaseCode    string
	BasedOn     string
	Definition  db.JSON[Definition]
	Revision    int
	State       DraftState
	EffectiveOn civil.Date
	Remark      string
	OfficePath  string
	MadeAt      time.Time
	MadeBy      string
	SavedAt     time.Time
	SavedBy     string
	SubmittedAt time.Time
	SubmittedBy string
	ReviewedAt  time.Time
	ReviewedBy  string
	VersionID   string
	KeepCases   bool
}

func (r draftRow) draft() *Draft {
	return &Draft{ID: r.ID, BaseCode: r.BaseCode, BasedOn: r.BasedOn, Definition: r.Definition.V, Revision: r.Revision, State: r.State,
		EffectiveOn: r.EffectiveOn, Remark: r.Remark, OfficePath: r.OfficePath, MadeAt: r.MadeAt, MadeBy: r.MadeBy, SavedAt: r.SavedAt,
		SavedBy: r.SavedBy, SubmittedAt: r.SubmittedAt, SubmittedBy: r.SubmittedBy, ReviewedAt: r.ReviewedAt, ReviewedBy: r.ReviewedBy,
		VersionID: r.VersionID, KeepCases: r.KeepCases}
}

const draftColumns = `id, base_code, based_on, definition, revision, state, effective_on, remark, office_path, made_at, made_by, saved_at, saved_by,
	submitted_at, submitted_by, reviewed_at, reviewed_by, version_id, keep_cases`

const draftIsOpen = `state IN ('draft', 'submitted', 'reviewed', 'returned')`

func draftByID(ctx context.Context, tx *db.Tx, id string) (draftRow, error) {
	return db.One[draftRow](ctx, tx, `SELECT `+draftColumns+` FROM item_draft WHERE id = $1`, id)
}

func openDraftOf(ctx context.Context, tx *db.Tx, base string) (draftRow, error) {
	return db.One[draftRow](ctx, tx, `SELECT `+draftColumns+` FROM item_draft WHERE base_code = $1 AND `+draftIsOpen, base)
}

// draftsWithin returns drafts of offices after an id, in one state or in all that are open.
func draftsWithin(ctx context.Context, tx *db.Tx, reach []string, state DraftState, after string, limit int) ([]draftRow, error) {
	args := []any{after}
	where := db.PrefixAny("office_path", reach, &args)
	if state == "" {
		where += ` AND ` + draftIsOpen
	} else {
		args = append(args, state)
		where += ` AND state = ` + placeholder(len(args))
	}
	args = append(args, limit)
	return db.All[draftRow](ctx, tx, `SELECT `+draftColumns+` FROM item_draft WHERE id > $1 AND `+where+` ORDER BY id LIMIT `+
		placeholder(len(args)), args...)
}

// openDrafts returns the open drafts of some base items, by base code.
func openDrafts(ctx context.Context, tx *db.Tx, bases []string) (map[string]draftRow, error) {
	found := map[string]draftRow{}
	if len(bases) == 0 {
		return found, nil
	}
	rows, err := db.All[draftRow](ctx, tx, `SELECT `+draftColumns+` FROM item_draft WHERE base_code IN (`+db.In(len(bases), 1)+`) AND `+draftIsOpen,
		anys(bases)...)
	for _, r := range rows {
		found[r.BaseCode] = r
	}
	return found, err
}

// publishedDrafts returns the drafts that became versions of a base item, by version id.
func publishedDrafts(ctx context.Context, tx *db.Tx, base string) (map[string]draftRow, error) {
	rows, err := db.All[draftRow](ctx, tx, `SELECT `+draftColumns+` FROM item_draft WHERE base_code = $1 AND state = 'published'`, base)
	found := map[string]draftRow{}
	for _, r := range rows {
		found[r.VersionID] = r
	}
	return found, err
}

// dueDrafts returns the ids of approved drafts whose day has come.
func dueDrafts(ctx context.Context, tx *db.Tx, today civil.Date, limit int) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT id FROM item_draft WHERE state = 'reviewed' AND effective_on <= $1 ORDER BY id LIMIT $2`, today.String(), limit)
}

func insertDraft(ctx context.Context, tx *db.Tx, d *Draft, author string) error {
	_, err := tx.Exec(ctx, `INSERT INTO item_draft (id, base_code, based_on, definition, revision, state, effective_on, remark, office_path, made_at, made_by,
		saved_at, saved_by, reviewed_at, reviewed_by, version_id) VALUES ($1,$2,$3,$4,1,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`, d.ID, d.BaseCode, d.BasedOn, db.JSON[Definition]{V: d.Definition}, d.State,
		d.EffectiveOn.String(), d.Remark, d.OfficePath, d.MadeAt, d.MadeBy, d.SavedAt, d.SavedBy, orNull(d.ReviewedAt), d.ReviewedBy, d.VersionID)
	if err != nil {
		return err
	}
	return addAuthor(ctx, tx, d.ID, author)
}

func addAuthor(ctx context.Context, tx *db.Tx, draft, author string) error {
	return tx.Later(ctx, `INSERT INTO item_draft_author (draft_id, author) VALUES ($1,$2) ON CONFLICT (draft_id, author) DO NOTHING`, draft, author)
}

func authors(ctx context.Context, tx *db.Tx, draft string) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT author FROM item_draft_author WHERE draft_id = $1 ORDER BY author`, draft)
}

// updateDraft writes what may change of a draft, if it still stands at the revision it was read at, and tells whether it did.
func updateDraft(ctx context.Context, tx *db.Tx, d *Draft) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE item_draft SET based_on = $1, definition = $2, revision = revision + 1, state = $3, effective_on = $4, remark = $5,
		saved_at = $6, saved_by = $7, submitted_at = $8, submitted_by = $9, reviewed_at = $10, reviewed_by = $11, version_id = $12,
		keep_cases = $13 WHERE id = $14 AND revision = $15`, d.BasedOn, db.JSON[Definition]{V: d.Definition}, d.State, d.EffectiveOn.String(), d.Remark, d.SavedAt, d.SavedBy,
		orNull(d.SubmittedAt), d.SubmittedBy, orNull(d.ReviewedAt), d.ReviewedBy, d.VersionID, d.KeepCases, d.ID, d.Revision)
	return n == 1, err
}

func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

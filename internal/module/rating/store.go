package rating

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// insertRating writes the rating of a case; first is false when the case has one.
func insertRating(ctx context.Context, tx *db.Tx, id string, c *casefile.Case, r *Rating, words []byte) (first bool, err error) {
	labels := r.Labels
	if labels == nil {
		labels = []string{}
	}
	n, err := tx.Exec(ctx, `INSERT INTO rating_rating (id, case_id, case_number, subject_id, grade, labels, words, channel, office_path, office_name, base_code, given_at)
VALUES (`+db.In(12, 1)+`) ON CONFLICT (case_id) DO NOTHING`, id, c.ID, c.Number, c.ApplicantID, string(r.Grade), db.JSON[[]string]{V: labels}, words,
		string(r.Channel), c.OfficePath, c.OfficeName, c.BaseCode, tx.Now)
	if err != nil {
		return false, fmt.Errorf("storing a rating: %w", err)
	}
	return n == 1, nil
}

type ratingRow struct {
	ID         string
	Grade      Grade
	Labels     db.JSON[[]string]
	Words      []byte
	Channel    Channel
	GivenAt    time.Time
	State      State // "" without a rectification
	AnswerDue  civil.Date
	AnsweredAt time.Time
	Answer     []byte
}

func ratingOf(ctx context.Context, tx *db.Tx, caseID string) (ratingRow, error) {
	return db.One[ratingRow](ctx, tx, `SELECT g.id, g.grade, g.labels, g.words, g.channel, g.given_at, r.state, r.answer_due, r.answered_at, r.answer
FROM rating_rating g LEFT JOIN rating_rectification r ON r.rating_id = g.id WHERE g.case_id = $1`, caseID)
}

// opening is a rectification as it begins.
type opening struct {
	ID, RatingID, OfficePath                 string
	OpenedOn, ClaimDue, VerifyDue, AnswerDue civil.Date
}

func insertRectification(ctx context.Context, tx *db.Tx, o opening) error {
	err := tx.Later(ctx, `INSERT INTO rating_rectification (id, rating_id, office_path, state, opened_on, claim_due, verify_due, answer_due, claimed_by, answered_by)
VALUES ($1, $2, $3, 'opened', $4, $5, $6, $7, '', '')`, o.ID, o.RatingID, o.OfficePath, o.OpenedOn, o.ClaimDue, o.VerifyDue, o.AnswerDue)
	if err != nil {
		return fmt.Errorf("opening a rectification: %w", err)
	}
	return nil
}

type rectificationRow struct {
	ID         string
	RatingID   string
	CaseNumber string
	SubjectID  string
	OfficePath string
	OfficeName string
	BaseCode   string
	State      State
	Grade      Grade
	Labels     db.JSON[[]string]
	Words      []byte
	OpenedOn   civil.Date
	ClaimDue   civil.Date
	VerifyDue  civil.Date
	AnswerDue  civil.Date
	AnsweredAt time.Time
	Answer     []byte
}

// shown leaves out what the office must not know.
func (r rectificationRow) shown() Rectification {
	return Rectification{ID: r.ID, OfficePath: r.OfficePath, OfficeName: r.OfficeName, State: r.State, Grade: r.Grade, Labels: r.Labels.V, OpenedOn: r.OpenedOn,
		ClaimDue: r.ClaimDue, VerifyDue: r.VerifyDue, AnswerDue: r.AnswerDue, AnsweredAt: r.AnsweredAt}
}

const selectRectification = `SELECT r.id, r.rating_id, g.case_number, g.subject_id, r.office_path, g.office_name, g.base_code, r.state, g.grade, g.labels, g.words,
r.opened_on, r.claim_due, r.verify_due, r.answer_due, r.answered_at, r.answer
FROM rating_rectification r JOIN rating_rating g ON g.id = r.rating_id WHERE `

func rectification(ctx context.Context, tx *db.Tx, id string) (rectificationRow, error) {
	return db.One[rectificationRow](ctx, tx, selectRectification+`r.id = $1`, id)
}

// rectifications reads one row more than the page holds, so that the caller knows whether there is a next one.
func rectifications(ctx context.Context, tx *db.Tx, reach []string, q RectificationQuery) ([]rectificationRow, error) {
	due, id, _ := strings.Cut(q.After, ".")
	state, order, than := `r.state <> 'answered'`, ``, `>`
	if q.Answered {
		state, order, than = `r.state = 'answered'`, ` DESC`, `<`
	}
	args := []any{}
	where := db.PrefixAny("r.office_path", reach, &args)
	if q.After != "" {
		where += fmt.Sprintf(` AND (r.answer_due, r.id) %s ($%d, $%d)`, than, len(args)+1, len(args)+2)
		args = append(args, due, id)
	}
	args = append(args, q.Limit+1)
	return db.All[rectificationRow](ctx, tx, selectRectification+state+` AND `+where+
		fmt.Sprintf(` ORDER BY r.answer_due%s, r.id%s LIMIT $%d`, order, order, len(args)), args...)
}

func claim(ctx context.Context, tx *db.Tx, by actor.Actor, id string) error {
	n, err := tx.Exec(ctx, `UPDATE rating_rectification SET state = 'claimed', claimed_at = $1, claimed_by = $2 WHERE id = $3 AND state = 'opened'`, tx.Now, by.Name(), id)
	return moved(n, err)
}

func answer(ctx context.Context, tx *db.Tx, by actor.Actor, id string, sealed []byte) error {
	n, err := tx.Exec(ctx, `UPDATE rating_rectification SET state = 'answered', answered_at = $1, answered_by = $2, answer = $3 WHERE id = $4 AND state = 'claimed'`,
		tx.Now, by.Name(), sealed, id)
	return moved(n, err)
}

func moved(n int64, err error) error {
	if err != nil {
		return fmt.Errorf("moving a rectification: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "rating.moved_on")
	}
	return nil
}

// count moves the figures of the office by one rating. The name is the one the office has now.
func count(ctx context.Context, tx *db.Tx, c *casefile.Case, g Grade) error {
	one := func(of Grade) int {
		if of == g {
			return 1
		}
		return 0
	}
	err := tx.Later(ctx, `INSERT INTO rating_count (office_path, office_name, very_satisfied, satisfied, fairly_satisfied, dissatisfied, very_dissatisfied, answered)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT (office_path) DO UPDATE SET office_name = excluded.office_name,
very_satisfied = rating_count.very_satisfied + excluded.very_satisfied, satisfied = rating_count.satisfied + excluded.satisfied,
fairly_satisfied = rating_count.fairly_satisfied + excluded.fairly_satisfied, dissatisfied = rating_count.dissatisfied + excluded.dissatisfied,
very_dissatisfied = rating_count.very_dissatisfied + excluded.very_dissatisfied`,
		c.OfficePath, c.OfficeName, one(VerySatisfied), one(Satisfied), one(FairlySatisfied), one(Dissatisfied), one(VeryDissatisfied))
	if err != nil {
		return fmt.Errorf("counting a rating: %w", err)
	}
	return nil
}

func countAnswer(ctx context.Context, tx *db.Tx, officePath string) error {
	return tx.Later(ctx, `UPDATE rating_count SET answered = answered + 1 WHERE office_path = $1`, officePath)
}

func total(ctx context.Context, tx *db.Tx, prefix string) (Counts, error) {
	args := []any{}
	sum := func(column string) string { return `CAST(COALESCE(SUM(` + column + `), 0) AS bigint) AS ` + column }
	return db.One[Counts](ctx, tx, `SELECT `+sum("very_satisfied")+`, `+sum("satisfied")+`, `+sum("fairly_satisfied")+`, `+sum("dissatisfied")+`, `+
		sum("very_dissatisfied")+`, `+sum("answered")+` FROM rating_count WHERE `+db.PrefixAny("office_path", []string{prefix}, &args), args...)
}

func officeCounts(ctx context.Context, tx *db.Tx, q FiguresQuery) ([]OfficeCounts, error) {
	args := []any{q.After, q.Limit + 1}
	within := db.PrefixAny("office_path", []string{q.Region.Prefix()}, &args)
	return db.All[OfficeCounts](ctx, tx, `SELECT office_path, office_name, very_satisfied, satisfied, fairly_satisfied, dissatisfied, very_dissatisfied, answered
FROM rating_count WHERE office_path > $1 AND `+within+` ORDER BY office_path LIMIT $2`, args...)
}

package item

import (
	"context"

	"xiangyun/internal/platform/db"
)

const feedbackColumns = `id, object, office_path, version, category, said, sender, sent_at, closed_at, closed_by, answer`

// insertFeedback returns 0 when the same is open already.
func insertFeedback(ctx context.Context, tx *db.Tx, f Feedback, mark string) (int64, error) {
	return tx.Exec(ctx, `INSERT INTO item_feedback (id, object, office_path, version, category, said, sender, mark, sent_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) ON CONFLICT (object, category, mark) WHERE closed_at IS NULL DO NOTHING`,
		f.ID, f.Object, f.OfficePath, f.Version, f.Category, f.Said, f.Sender, mark, tx.Now)
}

func feedbackByID(ctx context.Context, tx *db.Tx, id string) (Feedback, error) {
	return db.One[Feedback](ctx, tx, `SELECT `+feedbackColumns+` FROM item_feedback WHERE id = $1`, id)
}

func feedbackWithin(ctx context.Context, tx *db.Tx, reach []string, q FeedbackQuery) ([]Feedback, error) {
	var args []any
	where := db.PrefixAny("office_path", reach, &args)
	closed, order, beyond := `closed_at IS NULL`, `id`, `>`
	if q.Answered {
		closed, order, beyond = `closed_at IS NOT NULL`, `id DESC`, `<`
	}
	if q.Object != "" {
		args = append(args, q.Object)
		where += ` AND object = ` + placeholder(len(args))
	}
	if q.After != "" {
		args = append(args, q.After)
		where += ` AND id ` + beyond + ` ` + placeholder(len(args))
	}
	args = append(args, q.Limit)
	return db.All[Feedback](ctx, tx, `SELECT `+feedbackColumns+` FROM item_feedback WHERE `+closed+` AND `+where+`
		ORDER BY `+order+` LIMIT `+placeholder(len(args)), args...)
}

func answerFeedback(ctx context.Context, tx *db.Tx, id, by, answer string) (int64, error) {
	return tx.Exec(ctx, `UPDATE item_feedback SET closed_at = $1, closed_by = $2, answer = $3 WHERE id = $4 AND closed_at IS NULL`, tx.Now, by, answer, id)
}

func countFeedback(ctx context.Context, tx *db.Tx, object string) (int, error) {
	return db.One[int](ctx, tx, `SELECT count(*) FROM (SELECT 1 FROM item_feedback WHERE object = $1 AND closed_at IS NULL LIMIT $2) AS open`, object, MostCounted)
}

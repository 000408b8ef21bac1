package item

import (
	"context"
	"slices"

	"xiangyun/internal/platform/db"
)

const todoColumns = `id, office_path, kind, object, cause, said, opened_at, opened_by`

func insertTodo(ctx context.Context, tx *db.Tx, t Todo, id string) error {
	return tx.Later(ctx, `INSERT INTO item_todo (id, office_path, kind, object, cause, said, opened_at, opened_by)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT (kind, object, cause) WHERE closed_at IS NULL DO NOTHING`,
		id, t.OfficePath, t.Kind, t.Object, t.Cause, t.Said, tx.Now, t.OpenedBy)
}

// insertTodos opens many; what is open already stays as it is.
func insertTodos(ctx context.Context, tx *db.Tx, list []Todo) error {
	for part := range slices.Chunk(list, statedBatch) {
		args := make([]any, 0, 8*len(part))
		for _, t := range part {
			args = append(args, db.NewKey(), t.OfficePath, t.Kind, t.Object, t.Cause, t.Said, tx.Now, t.OpenedBy)
		}
		err := tx.Later(ctx, `INSERT INTO item_todo (id, office_path, kind, object, cause, said, opened_at, opened_by) VALUES `+db.Values(len(part), 8, 1)+`
			ON CONFLICT (kind, object, cause) WHERE closed_at IS NULL DO NOTHING`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// asked tells whether a cause has been brought up before, whether it still waits or was answered.
func asked(ctx context.Context, tx *db.Tx, kind TodoKind, cause string) (bool, error) {
	n, err := db.One[int](ctx, tx, `SELECT count(*) FROM item_todo WHERE kind = $1 AND cause = $2`, kind, cause)
	return n > 0, err
}

func waitingTodo(ctx context.Context, tx *db.Tx, id string) (Todo, error) {
	return db.One[Todo](ctx, tx, `SELECT `+todoColumns+` FROM item_todo WHERE id = $1 AND closed_at IS NULL`, id)
}

func waitingTodos(ctx context.Context, tx *db.Tx, reach []string, kind TodoKind, after string, limit int) ([]Todo, error) {
	args := []any{after}
	where := db.PrefixAny("office_path", reach, &args)
	if kind != "" {
		args = append(args, kind)
		where += ` AND kind = ` + placeholder(len(args))
	}
	args = append(args, limit)
	return db.All[Todo](ctx, tx, `SELECT `+todoColumns+` FROM item_todo WHERE closed_at IS NULL AND id > $1 AND `+where+`
		ORDER BY id LIMIT `+placeholder(len(args)), args...)
}

func closeTodo(ctx context.Context, tx *db.Tx, id, by, answer string) (int64, error) {
	return tx.Exec(ctx, `UPDATE item_todo SET closed_at = $1, closed_by = $2, answer = $3 WHERE id = $4 AND closed_at IS NULL`, tx.Now, by, answer, id)
}

// todosAbout returns what waits about one draft or proposal.
func todosAbout(ctx context.Context, tx *db.Tx, draft string) ([]Todo, error) {
	return db.All[Todo](ctx, tx, `SELECT `+todoColumns+` FROM item_todo WHERE closed_at IS NULL AND kind IN ('draft', 'returned', 'proposal') AND object = $1`, draft)
}

// closeTodoOf closes what waits because of one cause, if it does still.
func closeTodoOf(ctx context.Context, tx *db.Tx, kind TodoKind, object, cause, by, answer string) error {
	return tx.Later(ctx, `UPDATE item_todo SET closed_at = $1, closed_by = $2, answer = $3 WHERE kind = $4 AND object = $5 AND cause = $6 AND closed_at IS NULL`,
		tx.Now, by, answer, kind, object, cause)
}

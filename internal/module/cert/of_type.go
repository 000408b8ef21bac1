package cert

import (
	"context"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
)

// OfType lists the certificates of a type that offices within by's reach issued, by office and age, those after the mark of the page before; "" for the
// first page. Holders' names are masked. Next is the mark of what follows, "" when nothing does.
func (s *Service) OfType(ctx context.Context, by actor.Actor, typeKey, after string, limit int) (out []Cert, next string, err error) {
	args := []any{typeKey, string(Prepared)}
	where := db.PrefixAny("office_path", s.needs.Rights.Reach(by, ActRead), &args)
	if office, id, ok := strings.Cut(after, "/"); ok {
		args = append(args, office, id)
		where += ` AND (office_path, id) > (` + db.In(2, len(args)-1) + `)`
	}
	args = append(args, limit+1)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, selectRow+`type_key = $1 AND state <> $2 AND `+where+` ORDER BY office_path, id LIMIT `+db.In(1, len(args)), args...)
		out, next = nil, ""
		if len(rows) > limit {
			rows = rows[:limit]
			next = rows[limit-1].OfficePath + "/" + rows[limit-1].ID
		}
		for _, r := range rows {
			c := r.cert()
			c.State = c.Standing(civil.Of(tx.Now))
			out = append(out, c)
		}
		return err
	})
	return out, next, err
}

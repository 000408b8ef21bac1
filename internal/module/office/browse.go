package office

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
)

// Search returns offices whose name holds the text, within what by may see, by path after `after`.
func (s *Service) Search(ctx context.Context, by actor.Actor, text, after string, limit int) (out []Office, err error) {
	args := []any{"%" + text + "%", after, limit}
	where := db.PrefixAny("path", s.Reach(by, ActSee), &args)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[Office](ctx, tx, `SELECT id, path, parent, kind, name, region, department, code FROM office_office
WHERE name LIKE $1 AND path > $2 AND `+where+` ORDER BY path LIMIT $3`, args...)
		return err
	})
	return out, err
}

// Below returns an office and those right below it, for the administrator's tree.
func (s *Service) Below(ctx context.Context, by actor.Actor, path string) (at Office, children []Office, err error) {
	if err := s.Check(by, ActSee, actor.Target{OfficePath: path}); err != nil {
		return at, nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if at, err = s.ByPath(ctx, tx, path); err != nil {
			return err
		}
		children, err = s.Children(ctx, tx, path, "", 500)
		return err
	})
	return at, children, err
}

// Count returns how many offices and regions there are, for the census.
func (s *Service) Count(ctx context.Context, tx *db.Tx) (offices, regions int, err error) {
	if offices, err = db.One[int](ctx, tx, `SELECT count(*) FROM office_office`); err != nil {
		return 0, 0, err
	}
	regions, err = db.One[int](ctx, tx, `SELECT count(*) FROM office_region`)
	return offices, regions, err
}

package office

import (
	"context"
	"errors"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Search returns offices whose name holds the text, within what by may see, by path after `after`.
func (s *Service) Search(ctx context.Context, by actor.Actor, text, after string, limit int) (out []Office, err error) {
	args := []any{"%" + text + "%", after, limit}
	where := db.PrefixAny("path", s.Reach(by, ActSee), &args)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[Office](ctx, tx, `SELECT `+officeColumns+` FROM office_office
WHERE name LIKE $1 AND path > $2 AND `+where+` ORDER BY path LIMIT $3`, args...)
		return err
	})
	return out, err
}

// Below returns an office and those right below it after `after`, for the administrator's tree.
func (s *Service) Below(ctx context.Context, by actor.Actor, path, after string, limit int) (at Office, children []Office, err error) {
	if err := s.Check(by, ActSee, actor.Target{OfficePath: path}); err != nil {
		return at, nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if at, err = s.ByPath(ctx, tx, path); err != nil {
			return err
		}
		children, err = s.Children(ctx, tx, path, after, limit)
		return err
	})
	return at, children, err
}

// Rename gives an office the name it really has. fault.Invalid "office.bad_name" for an empty or overlong one.
func (s *Service) Rename(ctx context.Context, by actor.Actor, path, name string) error {
	name = strings.TrimSpace(name)
	if n := len([]rune(name)); n < 2 || n > 80 {
		return fault.New(fault.Invalid, "office.bad_name").Field("name", "office.name_length")
	}
	if err := s.Check(by, ActManage, actor.Target{OfficePath: path}); err != nil {
		return err
	}
	defer s.tell()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := s.ByPath(ctx, tx, path)
		if err != nil || o.Name == name {
			return err
		}
		if o.Successor != "" {
			return fault.New(fault.Conflict, "office.dissolved") // history keeps the name it had
		}
		if err := tx.Later(ctx, `UPDATE office_office SET name = $1 WHERE path = $2`, name, path); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "office.renamed", Actor: by.Name(), Office: by.OfficePath, Object: "office:" + path,
			Basis: "机构信息维护", Data: map[string]string{"from": o.Name, "to": name}})
	})
}

// LogReading is what an auditor reads of the log.
type LogReading struct {
	Asked   map[string]string // what was asked for, as the leaf keeps it
	Subject string            // whose leaves; "" when they are not somebody's
	Secret  *Secrecy          // nil for an ordinary reading, which the subject sees at once
}

// ReadLog writes the leaf "log.read" before an auditor reads; the subject sees it among the readings of their data. fault.Forbidden for everybody else,
// fault.Invalid by field when it is to be kept secret and the law's conditions are not met.
func (s *Service) ReadLog(ctx context.Context, by actor.Actor, r LogReading) error {
	if err := s.Check(by, ActAudit, actor.Target{}); err != nil {
		return err
	}
	if r.Secret != nil {
		if err := s.Check(by, ActWithhold, actor.Target{}); err != nil {
			return err
		}
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e := audit.Entry{Kind: "log.read", Actor: by.Name(), Office: by.OfficePath, Subject: r.Subject, Object: "log", Basis: "审计", Data: r.Asked}
		if r.Secret != nil {
			var err error
			if e.Withhold, err = r.Secret.withholding(tx.Now, r.Subject); err != nil {
				return err
			}
			e.Basis = e.Withhold.Law
		}
		return s.needs.Log.Append(ctx, tx, e)
	})
}

// NameAt returns the name of the office at a path, "" when there is none: for plain words about who did something.
func (s *Service) NameAt(ctx context.Context, tx *db.Tx, path string) (string, error) {
	name, err := db.One[string](ctx, tx, `SELECT name FROM office_office WHERE path = $1`, path)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return name, err
}

// Count returns how many offices and regions there are, for the census.
func (s *Service) Count(ctx context.Context, tx *db.Tx) (offices, regions int, err error) {
	if offices, err = db.One[int](ctx, tx, `SELECT count(*) FROM office_office`); err != nil {
		return 0, 0, err
	}
	regions, err = db.One[int](ctx, tx, `SELECT count(*) FROM office_region`)
	return offices, regions, err
}

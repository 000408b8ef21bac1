package office

import (
	"context"
	"errors"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Appointment is a post to be given.
type Appointment struct {
	AccountID  string
	Role       string
	OfficePath string
	Items      []string  // base codes; empty means all
	Until      time.Time // zero: no end
}

// Appoint gives an account a post. Giving what it already has changes nothing. The three administrators are separated: fault.Conflict
// "office.separated" when the account is one of the others. Nobody grants to itself: fault.Conflict "office.own_post".
func (s *Service) Appoint(ctx context.Context, by actor.Actor, a Appointment) error {
	if !slices.Contains(Roles, a.Role) {
		return fault.New(fault.Invalid, "office.bad_post").Field("role", "office.unknown_role")
	}
	if by.Kind != actor.System && a.AccountID == by.Account {
		return fault.New(fault.Conflict, "office.own_post")
	}
	if !a.Until.IsZero() && a.Until.Before(time.Now()) {
		return fault.New(fault.Invalid, "office.bad_post").Field("until", "office.until_past")
	}
	defer s.tell()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		// A merger that is approved meanwhile waits for this post, or this for the merger: none is left behind at a dissolved office.
		if err := hold(ctx, tx, a.OfficePath); err != nil {
			return err
		}
		o, err := s.ByPath(ctx, tx, a.OfficePath)
		if err != nil {
			return err
		}
		if err := s.Check(by, ActGrant, actor.Target{OfficePath: o.Path}); err != nil {
			return err
		}
		if o.Successor != "" {
			return fault.New(fault.Conflict, "office.dissolved")
		}
		if separated[a.Role] {
			// Two grants at the same time to one account wait for each other here, so that both can't miss the other's post.
			if err := tx.Later(ctx, `INSERT INTO office_administrator (account_id, role) VALUES ($1, $2)
ON CONFLICT (account_id) DO UPDATE SET role = excluded.role`, a.AccountID, a.Role); err != nil {
				return err
			}
		}
		posts, err := s.Posts(ctx, tx, a.AccountID)
		if err != nil {
			return err
		}
		for _, p := range posts {
			if p.Role == a.Role && p.OfficeID == o.ID {
				return nil
			}
			if separated[p.Role] && separated[a.Role] && p.Role != a.Role {
				return fault.New(fault.Conflict, "office.separated")
			}
		}
		items := a.Items
		if items == nil {
			items = []string{}
		}
		err = tx.Later(ctx, `INSERT INTO office_post (id, account_id, role, office_id, items, from_at, until_at, granted_by) VALUES (`+db.In(8, 1)+`)`,
			db.NewKey(), a.AccountID, a.Role, o.ID, db.JSON[[]string]{V: items}, tx.Now, a.Until, by.Name())
		if err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "post.granted", Actor: by.Name(), Office: by.OfficePath, Object: "account:" + a.AccountID,
			Basis: "岗位授权", Data: map[string]string{"role": a.Role, "office": o.Path}})
	})
}

// Remove ends a post at once. fault.NotFound "office.no_post".
func (s *Service) Remove(ctx context.Context, by actor.Actor, id string) error {
	defer s.tell()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := db.One[Post](ctx, tx, posts+` WHERE p.id = $1 AND (p.until_at IS NULL OR p.until_at > $2)`, id, tx.Now)
		if errors.Is(err, db.ErrNotFound) {
			return fault.New(fault.NotFound, "office.no_post")
		}
		if err != nil {
			return err
		}
		if err := s.Check(by, ActGrant, actor.Target{OfficePath: p.OfficePath}); err != nil {
			return err
		}
		if err := tx.Later(ctx, `UPDATE office_post SET until_at = $1 WHERE id = $2`, tx.Now, id); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "post.removed", Actor: by.Name(), Office: by.OfficePath, Object: "account:" + p.AccountID,
			Basis: "岗位授权", Data: map[string]string{"role": p.Role, "office": p.OfficePath}})
	})
}

const posts = `SELECT p.id, p.account_id, p.role, p.office_id, o.path AS office_path, o.name AS office_name, p.items, p.from_at, p.until_at, p.granted_by
FROM office_post p JOIN office_office o ON o.id = p.office_id`

// Posts returns what an account holds now, the oldest post first.
func (s *Service) Posts(ctx context.Context, tx *db.Tx, accountID string) ([]Post, error) {
	return db.All[Post](ctx, tx, posts+` WHERE p.account_id = $1 AND p.from_at <= $2 AND (p.until_at IS NULL OR p.until_at > $3) ORDER BY p.id`, accountID, tx.Now, tx.Now)
}

// PostsAt returns who holds posts in an office now.
func (s *Service) PostsAt(ctx context.Context, by actor.Actor, officePath string) (out []Post, err error) {
	if err := s.Check(by, ActSee, actor.Target{OfficePath: officePath}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[Post](ctx, tx, posts+` WHERE o.path = $1 AND p.from_at <= $2 AND (p.until_at IS NULL OR p.until_at > $3) ORDER BY p.role, p.id`, officePath, tx.Now, tx.Now)
		return err
	})
	return out, err
}

// Duties turns an account's posts into what an actor carries, and says where its main post is; ok is false without posts.
func (s *Service) Duties(ctx context.Context, tx *db.Tx, accountID string) (duties []actor.Duty, main Office, ok bool, err error) {
	held, err := s.Posts(ctx, tx, accountID)
	if err != nil || len(held) == 0 {
		return nil, Office{}, false, err
	}
	for _, p := range held {
		duties = append(duties, actor.Duty{Role: p.Role, Office: p.OfficeID, OfficePath: p.OfficePath, Items: p.Items.V})
	}
	more, err := inherited(ctx, tx, held)
	if err != nil {
		return nil, Office{}, false, err
	}
	main, err = s.Office(ctx, tx, held[0].OfficeID)
	return append(duties, more...), main, err == nil, err
}

// ImportNotice stores the State Council's notice of a year, in the holiday-cn form; it replaces an earlier one of that year. changed
// calendars count for everything computed afterwards.
func (s *Service) ImportNotice(ctx context.Context, by actor.Actor, text []byte) (workday.Notice, error) {
	n, err := workday.ParseNotice(text)
	if err != nil {
		return n, fault.New(fault.Invalid, "office.bad_notice").Because(err)
	}
	if err := s.Check(by, ActManage, actor.Target{}); err != nil {
		return n, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		err := tx.Later(ctx, `INSERT INTO office_notice (year, papers, notice, imported_by, imported_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (year) DO UPDATE SET papers = excluded.papers, notice = excluded.notice, imported_by = excluded.imported_by, imported_at = excluded.imported_at`,
			n.Year, joined(n.Papers), db.JSON[workday.Notice]{V: n}, by.Name(), tx.Now)
		if err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "calendar.imported", Actor: by.Name(), Office: by.OfficePath, Basis: "国务院办公厅放假通知",
			Object: "calendar", Data: map[string]int{"year": n.Year}})
	})
	s.mu.Lock()
	clear(s.calendars)
	s.mu.Unlock()
	return n, err
}

func joined(papers []string) string {
	out := ""
	for i, p := range papers {
		if i > 0 {
			out += " "
		}
		out += p
	}
	return out
}

package seal

import (
	"context"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal/picture"
	"xiangyun/internal/platform/db"
)

// Listed is a page of seals; Next is the key to go on from, "" at the end.
type Listed struct {
	Rows []Seal
	Next string
}

// shown is a row as a page may have it, with what by may do.
func (r *row) shown(m Seal) Seal {
	m.ID, m.EsID, m.Version, m.Kind, m.Name, m.Line, m.Width, m.Height, m.Years = r.ID, r.EsID, r.Version, r.Kind, r.Name, r.Line, r.Width, r.Height, r.Years
	m.Owner, m.State, m.AppliedAt, m.From, m.To, m.Whole, m.Replaces = r.owner(), r.State, r.AppliedAt, r.ValidFrom, r.ValidTo, r.Whole, r.Replaces
	return m
}

// List returns the seals of by's company or offices, and those by holds or answers for, newest first.
func (s *Service) List(ctx context.Context, by actor.Actor, after string, limit int) (out Listed, err error) {
	args := []any{person(by)}
	mine := `EXISTS (SELECT 1 FROM seal_holder h WHERE h.seal_id = s.id AND h.person = $1 AND h.until_at IS NULL)`
	if by.Kind == actor.Person {
		args = append(args, by.Company)
		mine = `s.owner_kind = 'company' AND s.owner_id = $2 AND ($1 <> '' OR ` + mine + `)`
	} else {
		mine += ` OR ` + db.PrefixAny("s.owner_path", s.needs.Rights.Reach(by, ActSee), &args)
		for _, d := range by.Duties {
			args = append(args, d.OfficePath)
			mine += fmt.Sprintf(` OR s.owner_path = $%d`, len(args))
		}
		mine = `s.owner_kind = 'office' AND (` + mine + `)`
	}
	return s.list(ctx, by, mine, args, after, limit)
}

// Applications returns the applications that wait for by's office, newest first; those approved and not made yet as well.
func (s *Service) Applications(ctx context.Context, by actor.Actor, after string, limit int) (Listed, error) {
	reach := s.needs.Rights.Reach(by, ActReview)
	if len(reach) == 0 {
		return Listed{}, errNoRight
	}
	args := []any{}
	where := `s.state IN ('applied', 'approved', 'making') AND ` + db.PrefixAny("s.review_path", reach, &args)
	return s.list(ctx, by, where, args, after, limit)
}

func (s *Service) list(ctx context.Context, by actor.Actor, where string, args []any, after string, limit int) (out Listed, err error) {
	if after != "" {
		args = append(args, after)
		where += fmt.Sprintf(` AND s.id < $%d`, len(args))
	}
	args = append(args, limit+1)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, selectSeal+where+fmt.Sprintf(` ORDER BY s.id DESC LIMIT $%d`, len(args)), args...)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			out.Next = rows[limit-1].ID
		}
		for i := range rows {
			out.Rows = append(out.Rows, rows[i].shown(Seal{}))
		}
		return nil
	})
	return out, err
}

// View is everything a seal's page shows.
type View struct {
	Seal
	Holders []Holder
	History []Move
	Waiting []Request // applications for use that wait
	People  []Person  // who may be made a holder; nil for who may name nobody
}

// Get returns a seal with what belongs to it; fault.NotFound for who may do nothing with it.
func (s *Service) Get(ctx context.Context, by actor.Actor, id ID) (v View, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r, m, err := s.found(ctx, tx, by, id)
		if err != nil {
			return err
		}
		v = View{Seal: r.shown(m)}
		if m.Owns || m.Reviews || m.Manages {
			if v.Reason, err = s.reveal(r.Reason, r.ID, "reason"); err != nil {
				return err
			}
			if v.Refusal, err = s.reveal(r.Refusal, r.ID, "refusal"); err != nil {
				return err
			}
		}
		if v.Holders, err = s.holders(ctx, tx, id); err != nil {
			return err
		}
		if v.History, err = db.All[Move](ctx, tx, `SELECT state, ground, from_at FROM seal_standing WHERE seal_id = $1 ORDER BY id LIMIT 200`, id); err != nil {
			return err
		}
		if m.Owns || m.Manages {
			if v.People, err = s.needs.Owners.People(ctx, tx, r.owner()); err != nil {
				return err
			}
		}
		if m.Operates {
			v.Waiting, err = s.requests(ctx, tx, by, r, m, v.Holders)
		}
		return err
	})
	return v, err
}

func (s *Service) holders(ctx context.Context, tx *db.Tx, id ID) (out []Holder, err error) {
	rows, err := holdersOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	for _, h := range rows {
		if !h.UntilAt.IsZero() {
			continue
		}
		name, err := s.reveal(h.Name, h.ID, "name")
		if err != nil {
			return nil, err
		}
		out = append(out, Holder{Person: h.Person, Name: name, Role: h.Role, FromAt: h.FromAt})
	}
	return out, nil
}

// names maps everybody who holds or held a seal to a name.
func (s *Service) namesOf(ctx context.Context, tx *db.Tx, id ID) (map[string]string, error) {
	rows, err := holdersOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, h := range rows {
		if out[h.Person], err = s.reveal(h.Name, h.ID, "name"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// mostWaiting bounds the applications shown with a seal.
const mostWaiting = 50

func (s *Service) requests(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, m Seal, holders []Holder) (out []Request, err error) {
	rows, err := db.All[requestRow](ctx, tx, selectRequest+`q.seal_id = $1 AND q.state = 'waiting' ORDER BY q.id LIMIT $2`, r.ID, mostWaiting)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, h := range holders {
		names[h.Person] = h.Name
	}
	for _, q := range rows {
		one, err := s.shownRequest(q, r, m, by, names)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (s *Service) shownRequest(q requestRow, r *row, m Seal, by actor.Actor, names map[string]string) (Request, error) {
	out := Request{ID: q.ID, Seal: r.ID, Name: r.Name, Line: r.Line, Digest: q.Digest, State: q.State, AskedAt: q.AskedAt, AskedBy: names[q.AskedBy],
		Mine: q.AskedBy == person(by), Decides: m.Manages && q.State == "waiting"}
	var err error
	if out.Title, err = s.reveal(q.Title, q.ID, "title"); err != nil {
		return out, err
	}
	out.Reason, err = s.reveal(q.Reason, q.ID, "reason")
	return out, err
}

// FindRequest returns an application for use, to who asked and who has the seal in hand. Use is the use it led to, "" before.
func (s *Service) FindRequest(ctx context.Context, by actor.Actor, id string) (out Request, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		q, r, m, err := s.request(ctx, tx, by, id)
		if err != nil {
			return err
		}
		people, err := s.needs.Owners.People(ctx, tx, r.owner())
		if err != nil {
			return err
		}
		names := map[string]string{}
		for _, p := range people {
			names[p.ID] = p.Name
		}
		if out, err = s.shownRequest(q, r, m, by, names); err != nil {
			return err
		}
		uses, err := db.All[string](ctx, tx, `SELECT id FROM seal_use WHERE seal_id = $1 AND business = 'request' AND business_id = $2 AND state = 'affixed' LIMIT 1`, r.ID, id)
		if len(uses) > 0 {
			out.Use = uses[0]
		}
		return err
	})
	return out, err
}

// MyRequests returns by's own applications for use, newest first.
func (s *Service) MyRequests(ctx context.Context, by actor.Actor, after string, limit int) (out []Request, next string, err error) {
	args, where := []any{person(by)}, `q.asked_by = $1`
	if after != "" {
		args, where = append(args, after), where+` AND q.id < $2`
	}
	args = append(args, limit+1)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[requestRow](ctx, tx, selectRequest+where+fmt.Sprintf(` ORDER BY q.id DESC LIMIT $%d`, len(args)), args...)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			next = rows[limit-1].ID
		}
		for _, q := range rows {
			r, err := sealOf(ctx, tx, q.SealID)
			if err != nil {
				return err
			}
			one, err := s.shownRequest(q, &r, Seal{}, by, nil)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, next, err
}

// Uses returns the log of a seal's uses (用印记录), newest first, to who has the seal in hand and who answers for the office.
func (s *Service) Uses(ctx context.Context, by actor.Actor, id ID, after string, limit int) (out []Logged, next string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r, m, err := s.found(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if !m.Owns && !m.Operates && !s.sees(by, r) {
			return errNoRight
		}
		rows, err := usesOf(ctx, tx, id, after, limit)
		if err != nil {
			return err
		}
		names, err := s.namesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			next = rows[limit-1].ID
		}
		for _, u := range rows {
			l := Logged{ID: u.ID, EsID: u.EsID, Business: u.Business, BusinessID: u.BusinessID, Digest: u.Digest, Client: u.Client, By: names[u.UsedBy], State: u.State, At: u.AffixedAt}
			if l.At.IsZero() {
				l.At = u.PreparedAt
			}
			out = append(out, l)
		}
		return nil
	})
	return out, next, err
}

// Picture returns how a seal looks, or will look.
func (s *Service) Picture(ctx context.Context, by actor.Actor, id ID) (d picture.Drawing, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r, _, err := s.found(ctx, tx, by, id)
		if err != nil {
			return err
		}
		d, err = picture.Draw(s.needs.Outlines, s.face(r))
		return err
	})
	return d, err
}

// OfOffice returns the seal in use that an office has for a purpose; fault.NotFound "seal.not_found" without one. It joins a use case that has asked.
func (s *Service) OfOffice(ctx context.Context, tx *db.Tx, path string, k Kind) (Seal, error) {
	rows, err := db.All[row](ctx, tx, selectSeal+`s.owner_kind = 'office' AND s.owner_id = $1 AND s.kind = $2 AND s.state = 'in_use' ORDER BY s.id LIMIT 1`, path, string(k))
	if err != nil {
		return Seal{}, err
	}
	if len(rows) == 0 {
		return Seal{}, errNotFound
	}
	return rows[0].shown(Seal{}), nil
}

package hall

import (
	"context"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// ObstacleQuery asks for obstacles of an officer's offices.
type ObstacleQuery struct {
	Closed bool
	After  string // Obstacle.DueOn + "." + Obstacle.ID
	Limit  int
}

// Obstacles returns what waits for the offices by serves, due first on top; without what people said.
func (s *Service) Obstacles(ctx context.Context, by actor.Actor, q ObstacleQuery) (out []Obstacle, next string, err error) {
	reach := s.needs.Rights.Reach(by, ActObstacle)
	if len(reach) == 0 {
		return nil, "", s.needs.Rights.Check(by, ActObstacle, actor.Target{})
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		state, order, than := `state = 'open'`, ``, `>`
		if q.Closed {
			state, order, than = `state <> 'open'`, ` DESC`, `<`
		}
		args := []any{q.Limit + 1}
		where := db.PrefixAny("office_path", reach, &args)
		if due, id, ok := strings.Cut(q.After, "."); ok {
			where += ` AND (due_on, id) ` + than + ` (` + db.In(2, len(args)+1) + `)`
			args = append(args, due, id)
		}
		rows, err := db.All[obstacleRow](ctx, tx, `SELECT `+obstacleColumns+` FROM hall_obstacle WHERE `+state+` AND `+where+` ORDER BY due_on`+order+`, id`+order+` LIMIT $1`, args...)
		out, next = nil, ""
		for i, r := range rows {
			if i == q.Limit {
				next = out[i-1].DueOn.String() + "." + out[i-1].ID
				break
			}
			out = append(out, r.shown())
		}
		return err
	})
	return out, next, err
}

// obstacle finds an obstacle that by may handle; fault.NotFound "hall.no_obstacle" for anybody else's.
func (s *Service) obstacle(ctx context.Context, tx *db.Tx, by actor.Actor, number string) (obstacleRow, error) {
	r, err := db.One[obstacleRow](ctx, tx, `SELECT `+obstacleColumns+` FROM hall_obstacle WHERE number = $1`, number)
	if err != nil {
		return r, missing(err, "hall.no_obstacle")
	}
	if s.needs.Rights.Check(by, ActObstacle, actor.Target{OfficePath: r.OfficePath}) != nil {
		return r, fault.New(fault.NotFound, "hall.no_obstacle")
	}
	return r, nil
}

// ReadObstacle opens one with what was said. The reading is a leaf.
func (s *Service) ReadObstacle(ctx context.Context, by actor.Actor, number string) (o Obstacle, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.obstacle(ctx, tx, by, number)
		if err != nil {
			return err
		}
		if o, err = s.opened(r); err != nil {
			return err
		}
		return s.leaf(ctx, tx, by, "hall.obstacle_read", "obstacle:"+number, r.SubjectID, nil)
	})
	return o, err
}

// Answer tells the person what came of it. fault.Conflict "hall.obstacle_moved_on" when it is not open any more.
func (s *Service) Answer(ctx context.Context, by actor.Actor, number, outcome, words string) error {
	f := fault.New(fault.Invalid, "hall.bad_answer")
	if !outcomes[outcome] {
		f.Field("outcome", "hall.outcome_missing")
	}
	checkWords(f, "words", words)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.obstacle(ctx, tx, by, number)
		if err != nil {
			return err
		}
		if err := f.OrNil(); err != nil {
			return err
		}
		sealed, err := s.seal(strings.TrimSpace(words), r.ID, "answer")
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE hall_obstacle SET state = 'answered', outcome = $1, answer = $2, answered_at = $3, handler = $4, version = version + 1
WHERE id = $5 AND version = $6 AND state = 'open'`, outcome, sealed, s.now(tx), by.Account, r.ID, r.Version)
		if err := movedOne(n, err); err != nil {
			return err
		}
		if err := s.step(ctx, tx, by, r.shown(), "answered"); err != nil {
			return err
		}
		return s.needs.Notices.Send(ctx, tx, Notice{Subject: r.SubjectID, Key: "hall.told.answered", Args: []string{r.OfficeName, r.Number}, Link: "/obstacles/mine"})
	})
}

func movedOne(n int64, err error) error {
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "hall.obstacle_moved_on")
	}
	return err
}

// Confirm says whether the person's business is solved by the answer; if not, it is open again and due anew, where it was answered;
// fault.Conflict "hall.reopened_most" after the second time.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, number string, solved bool) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := db.One[obstacleRow](ctx, tx, `SELECT `+obstacleColumns+` FROM hall_obstacle WHERE number = $1 AND subject_id = $2`, number, by.For())
		if err != nil || by.For() == "" {
			return missing(err, "hall.no_obstacle")
		}
		o := r.shown()
		if solved {
			n, err := tx.Exec(ctx, `UPDATE hall_obstacle SET state = 'solved', solved_at = $1, version = version + 1 WHERE id = $2 AND version = $3 AND state = 'answered'`,
				s.now(tx), r.ID, r.Version)
			if err := movedOne(n, err); err != nil {
				return err
			}
			return s.step(ctx, tx, by, o, "solved")
		}
		if r.Reopened >= mostReopened {
			return fault.New(fault.Conflict, "hall.reopened_most", mostReopened)
		}
		h, err := one(ctx, tx, r.HallID)
		if err != nil {
			return err
		}
		if o.DueOn, err = s.answerDue(ctx, tx, h); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE hall_obstacle SET state = 'open', reopened = reopened + 1, due_on = $1, version = version + 1 WHERE id = $2 AND version = $3 AND state = 'answered'`,
			o.DueOn, r.ID, r.Version)
		if err := movedOne(n, err); err != nil {
			return err
		}
		return s.step(ctx, tx, by, o, "reopened")
	})
}

// Escalate sends what was not answered in time to the next level up, where it is due anew. At the province it stays and is counted late once a term.
func (s *Service) Escalate(ctx context.Context) error {
	by := actor.Program("hall.escalate")
	return s.inParts(ctx, func(tx *db.Tx) (int, error) {
		list, err := db.All[obstacleRow](ctx, tx, `SELECT `+obstacleColumns+` FROM hall_obstacle WHERE state = 'open' AND due_on < $1 ORDER BY due_on, id LIMIT $2`, s.today(tx), someBookings)
		if err != nil {
			return 0, err
		}
		for _, r := range list {
			if err := s.escalate(ctx, tx, by, r); err != nil {
				return 0, err
			}
		}
		return len(list), nil
	})
}

func (s *Service) escalate(ctx context.Context, tx *db.Tx, by actor.Actor, r obstacleRow) error {
	h, err := one(ctx, tx, r.HallID)
	if err != nil {
		return err
	}
	due, err := s.answerDue(ctx, tx, h)
	if err != nil {
		return err
	}
	to, ok, err := s.needs.Offices.Superior(ctx, tx, r.OfficePath)
	if err != nil {
		return err
	}
	level := r.Level + 1
	if !ok {
		to, level = Office{r.OfficePath, r.OfficeName}, r.Level
	}
	n, err := tx.Exec(ctx, `UPDATE hall_obstacle SET office_path = $1, office_name = $2, level = $3, due_on = $4, version = version + 1 WHERE id = $5 AND version = $6 AND state = 'open'`,
		to.Path, to.Name, level, due, r.ID, r.Version)
	if err != nil || n == 0 {
		return err // answered or sent on by another node meanwhile
	}
	o := r.shown() // the figure is of the office that was late
	o.Level, o.DueOn = level, due
	if err := s.step(ctx, tx, by, o, "late"); err != nil || !ok {
		return err
	}
	return s.needs.Notices.Send(ctx, tx, Notice{Subject: r.SubjectID, Key: "hall.told.escalated", Args: []string{r.Number, to.Name, due.Chinese()}, Link: "/obstacles/mine"})
}

// ObstacleCounts are the public figures of an office.
type ObstacleCounts struct {
	OfficePath string
	OfficeName string
	Reported   int64
	Answered   int64
	Late       int64
	Solved     int64
	Reopened   int64
}

// Counts returns the figures of every office below a path, to anybody; after is the last row's path.
func (s *Service) Counts(ctx context.Context, _ actor.Actor, path, after string, limit int) (out []ObstacleCounts, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		args := []any{after, limit}
		within := db.PrefixAny("office_path", []string{path}, &args)
		out, err = db.All[ObstacleCounts](ctx, tx, `SELECT office_path, office_name, reported, answered, late, solved, reopened FROM hall_obstacle_count
WHERE office_path > $1 AND `+within+` ORDER BY office_path LIMIT $2`, args...)
		return err
	})
	return out, err
}

// Today is the civil day of a transaction, for pages that say what is late.
func (s *Service) Today(ctx context.Context, _ actor.Actor) (d civil.Date, err error) {
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		d = s.today(tx)
		return nil
	})
	return d, err
}

package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/job"
)

// Moving is the job that moves what a dissolved office was handling.
type Moving struct {
	Merger string `json:"merger"`
}

// JobKind implements job.Args.
func (Moving) JobKind() string { return "office.move" }

// ApproveMerger is the second pair of eyes: the office is dissolved at once, its posts end or go over, and a job moves what it was handling.
// fault.Forbidden "office.merger_own" for who proposed it; fault.Conflict "office.merger_gone" when it does not wait any more, and as
// [Service.ProposeMerger] when something stands in its way by now.
func (s *Service) ApproveMerger(ctx context.Context, by actor.Actor, id string) error {
	defer s.tell()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := s.deciding(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if m.Own(by) {
			return fault.New(fault.Forbidden, "office.merger_own")
		}
		from, into, err := s.dissolve(ctx, tx, m)
		if err != nil {
			return err
		}
		found, err := s.hanging(ctx, tx, from)
		if err != nil {
			return err
		}
		for i, h := range found {
			err := tx.Later(ctx, `INSERT INTO office_merger_part (merger_id, kind, place, found, moves) VALUES ($1, $2, $3, $4, $5)`, m.ID, h.Kind, i, h.N, h.Moves)
			if err != nil {
				return err
			}
		}
		if err := s.movePosts(ctx, tx, by, m, from, into); err != nil {
			return err
		}
		if err := decideMerger(ctx, tx, by, m, MergerRunning); err != nil {
			return err
		}
		if err := s.mergerLeaf(ctx, tx, by, m, "office.dissolved"); err != nil {
			return err
		}
		return s.needs.Queue.Insert(ctx, tx, Moving{m.ID}, job.Unique(m.ID))
	})
}

// hold has whoever else changes who works at an office, or whether it stands, wait until tx ends.
func hold(ctx context.Context, tx *db.Tx, path string) error {
	_, err := tx.Exec(ctx, `UPDATE office_office SET successor = successor WHERE path = $1`, path)
	return err
}

// dissolve marks the office, and those it had taken over itself. Both rows are held in the order of their paths, so that of two mergers that would
// make a circle the second finds the first.
func (s *Service) dissolve(ctx context.Context, tx *db.Tx, m Merger) (from, into Office, err error) {
	paths := []string{m.FromPath, m.IntoPath}
	slices.Sort(paths)
	for _, p := range paths {
		if err := hold(ctx, tx, p); err != nil {
			return from, into, err
		}
	}
	if from, err = s.ByPath(ctx, tx, m.FromPath); err != nil {
		return from, into, err
	}
	if into, err = s.ByPath(ctx, tx, m.IntoPath); err != nil {
		return from, into, err
	}
	if err := mergeable(ctx, tx, from, into, m.ID); err != nil {
		return from, into, err
	}
	n, err := tx.Exec(ctx, `UPDATE office_office SET successor = $1, ended_at = $2 WHERE path = $3 AND successor = ''`, into.Path, tx.Now, from.Path)
	if err != nil {
		return from, into, err
	}
	if n != 1 {
		return from, into, fault.New(fault.Conflict, "office.dissolved")
	}
	_, err = tx.Exec(ctx, `UPDATE office_office SET successor = $1 WHERE successor = $2`, into.Path, from.Path)
	return from, into, err
}

// movePosts ends every post at the dissolved office; those that move are granted anew at the other, each with its leaf.
func (s *Service) movePosts(ctx context.Context, tx *db.Tx, by actor.Actor, m Merger, from, into Office) error {
	held, err := db.All[Post](ctx, tx, posts+` WHERE p.office_id = $1 AND (p.until_at IS NULL OR p.until_at > $2) ORDER BY p.id`, from.ID, tx.Now)
	if err != nil {
		return err
	}
	there, err := db.All[Post](ctx, tx, posts+` WHERE p.office_id = $1 AND (p.until_at IS NULL OR p.until_at > $2) ORDER BY p.id`, into.ID, tx.Now)
	if err != nil {
		return err
	}
	leaf := func(kind string, p Post, at Office) error {
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "account:" + p.AccountID, Basis: m.Document,
			Data: map[string]string{"role": p.Role, "office": at.Path}})
	}
	for _, p := range held {
		if err := tx.Later(ctx, `UPDATE office_post SET until_at = $1 WHERE id = $2`, tx.Now, p.ID); err != nil {
			return err
		}
		if err := leaf("post.removed", p, from); err != nil {
			return err
		}
		begins := tx.Now
		if p.FromAt.After(begins) {
			begins = p.FromAt
		}
		// What somebody holds there spares this one only if it lasts as long: whoever stands in there until tomorrow keeps what has no end.
		covers := func(q Post) bool {
			return q.AccountID == p.AccountID && q.Role == p.Role && slices.Equal(q.Items.V, p.Items.V) && !q.FromAt.After(begins) &&
				(q.UntilAt.IsZero() || !p.UntilAt.IsZero() && !q.UntilAt.Before(p.UntilAt))
		}
		if m.Posts != PostsMove || slices.ContainsFunc(there, covers) {
			continue
		}
		err := tx.Later(ctx, `INSERT INTO office_post (id, account_id, role, office_id, items, from_at, until_at, granted_by) VALUES (`+db.In(8, 1)+`)`,
			db.NewKey(), p.AccountID, p.Role, into.ID, p.Items, begins, p.UntilAt, by.Name())
		if err != nil {
			return err
		}
		if err := leaf("post.granted", p, into); err != nil {
			return err
		}
	}
	return nil
}

// mostMergerReason is how many characters a reason may have.
const mostMergerReason = 500

// ReturnMerger ends a merger that waits: another sends it back with a reason, whoever proposed it takes it back.
func (s *Service) ReturnMerger(ctx context.Context, by actor.Actor, id, reason string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := s.deciding(ctx, tx, by, id)
		if err != nil {
			return err
		}
		m.Reason = strings.TrimSpace(reason)
		if m.Own(by) {
			if err := decideMerger(ctx, tx, by, m, MergerWithdrawn); err != nil {
				return err
			}
			return s.mergerLeaf(ctx, tx, by, m, "office.merger_withdrawn")
		}
		if n := utf8.RuneCountInString(m.Reason); n == 0 || n > mostMergerReason {
			return fault.New(fault.Invalid, "office.merger_bad").Field("reason", "office.merger_reason", mostMergerReason)
		}
		if err := decideMerger(ctx, tx, by, m, MergerReturned); err != nil {
			return err
		}
		return s.mergerLeaf(ctx, tx, by, m, "office.merger_returned")
	})
}

// deciding reads a merger that waits, for who may manage both offices.
func (s *Service) deciding(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Merger, error) {
	m, err := mergerByID(ctx, tx, id)
	if err != nil {
		return m, err
	}
	for _, path := range []string{m.FromPath, m.IntoPath} {
		if err := s.Check(by, ActManage, actor.Target{OfficePath: path}); err != nil {
			return m, err
		}
	}
	if m.State != MergerWaiting {
		return m, fault.New(fault.Conflict, "office.merger_gone")
	}
	return m, nil
}

// decideMerger ends the waiting: of two who press at once one did, and one was too late.
func decideMerger(ctx context.Context, tx *db.Tx, by actor.Actor, m Merger, to MergerState) error {
	n, err := tx.Exec(ctx, `UPDATE office_merger SET state = $1, decided_by = $2, decided_at = $3, reason = $4 WHERE id = $5 AND state = 'waiting'`,
		string(to), by.Name(), tx.Now, m.Reason, m.ID)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "office.merger_gone")
	}
	return err
}

// mergerRounds is how often everything is gone through: the second round finds what came in through a node that did not know of the merger yet.
const mergerRounds = 2

// BetweenMergerRounds is how long the second round waits: longer than any node remembers offices that stood.
const BetweenMergerRounds = calendarsFor + 30*time.Second

// MoveEstate is one round of a merger that was approved. It goes on where it was stopped, and tells whether all is done; of a merger that is done it
// changes nothing.
func (s *Service) MoveEstate(ctx context.Context, by actor.Actor, id string) (done bool, err error) {
	if by.Kind != actor.System {
		return false, errNoRight
	}
	var m Merger
	err = s.db.View(ctx, func(tx *db.Tx) error {
		m, err = mergerByID(ctx, tx, id)
		return err
	})
	if err != nil {
		return false, err
	}
	if m.State != MergerRunning {
		return true, nil
	}
	if err := s.needs.Estate.Move(ctx, by, m); err != nil {
		return false, errors.Join(fmt.Errorf("moving what the office %s was handling: %w", m.FromPath, err), s.keepStuck(ctx, m, err))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		done = m.Round+1 >= mergerRounds
		state, finished := MergerRunning, time.Time{}
		if done {
			state, finished = MergerDone, tx.Now
		}
		n, err := tx.Exec(ctx, `UPDATE office_merger SET round = round + 1, state = $1, finished_at = $2, reason = '' WHERE id = $3 AND round = $4 AND state = 'running'`,
			string(state), finished, m.ID, m.Round)
		if err != nil || n != 1 || !done {
			return err // another run of the job was faster
		}
		return s.mergerLeaf(ctx, tx, by, m, "office.merger_done")
	})
	return done, err
}

// UnfinishedMergers lists those there is work left on, the oldest first.
func (s *Service) UnfinishedMergers(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.All[string](ctx, tx, `SELECT id FROM office_merger WHERE state = 'running' ORDER BY id LIMIT 20`)
}

package office

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// MergerState is how far a merger is.
//
//	waiting ──approve, by another──▶ running ──in portions──▶ done
//	   ├──return, by another──▶ returned
//	   └──withdraw, by whoever proposed it──▶ withdrawn
type MergerState string

// The states.
const (
	MergerWaiting   MergerState = "waiting"
	MergerRunning   MergerState = "running"
	MergerDone      MergerState = "done"
	MergerReturned  MergerState = "returned"
	MergerWithdrawn MergerState = "withdrawn"
)

// Posts of a dissolved office.
const (
	PostsMove = "move" // go to the office that takes over
	PostsEnd  = "end"  // end with it
)

// PostsFates lists them in the order pages show them.
var PostsFates = []string{PostsMove, PostsEnd}

// Merger dissolves an office into another (机构撤并). From its approval the dissolved office receives nothing and nobody works there: what arrives for it goes
// to the other, which has its duties; what it was handling is moved in portions. No clock stops.
type Merger struct {
	ID         string
	FromPath   string
	FromName   string
	IntoPath   string
	IntoName   string
	Document   string // number of the decision
	Posts      string // PostsMove, PostsEnd
	State      MergerState
	ProposedBy string
	Subject    string // the person who proposed it, whatever the account
	ProposedAt time.Time
	DecidedBy  string
	DecidedAt  time.Time
	Reason     string // why it was returned; of one under way what [Merger.Stuck] reads
	Round      int    // how often everything was gone through
	FinishedAt time.Time
}

// Own tells whether somebody proposed a merger, as the person or by the account: then another must decide.
func (m Merger) Own(by actor.Actor) bool { return own(by, m.ProposedBy, m.Subject) }

// Open tells whether it waits or is under way.
func (m Merger) Open() bool { return m.State == MergerWaiting || m.State == MergerRunning }

// Hanging is what hangs on an office, of one kind.
type Hanging struct {
	Kind  string // tasks, cases, posts, entries, seals …
	N     int
	Moves bool // by itself; the rest is looked after by the office that takes over
}

const mergerColumns = `id, from_path, from_name, into_path, into_name, document, posts, state, proposed_by, subject, proposed_at, decided_by, decided_at, reason, round, finished_at`

// Hangs tells what hangs on an office, before it is dissolved and while it is.
func (s *Service) Hangs(ctx context.Context, by actor.Actor, path string) (out []Hanging, err error) {
	if err := s.Check(by, ActSee, actor.Target{OfficePath: path}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err := s.ByPath(ctx, tx, path)
		if err != nil {
			return err
		}
		out, err = s.hanging(ctx, tx, o)
		return err
	})
	return out, err
}

func (s *Service) hanging(ctx context.Context, tx *db.Tx, o Office) (out []Hanging, err error) {
	if s.needs.Estate != nil {
		if out, err = s.needs.Estate.Count(ctx, tx, o); err != nil {
			return nil, err
		}
	}
	n, err := db.One[int](ctx, tx, `SELECT count(*) FROM office_post WHERE office_id = $1 AND (until_at IS NULL OR until_at > $2)`, o.ID, tx.Now)
	return append(out, Hanging{Kind: "posts", N: n, Moves: true}), err
}

// Proposed is a merger to be proposed.
type Proposed struct {
	From, Into string // paths
	Document   string
	Posts      string
}

// ProposeMerger keeps a merger for another administrator to approve. fault.Invalid by field for what can't be: an office into itself, into one below
// it, into one that is dissolved itself, or with offices below it that stand; fault.Conflict "office.dissolved" for one that is dissolved already and
// "office.merger_busy" when one of the two takes part in another merger that is not done.
func (s *Service) ProposeMerger(ctx context.Context, by actor.Actor, in Proposed) (m Merger, err error) {
	if err := s.Check(by, ActManage, actor.Target{OfficePath: in.From}); err != nil {
		return m, err
	}
	in.Document, in.Into = strings.TrimSpace(in.Document), strings.TrimSpace(in.Into)
	f := fault.New(fault.Invalid, "office.merger_bad")
	if !orderNumber.MatchString(in.Document) {
		f.Field("document", "office.merger_document")
	}
	if !slices.Contains(PostsFates, in.Posts) {
		f.Field("posts", "office.merger_posts")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		from, err := s.ByPath(ctx, tx, in.From)
		if err != nil {
			return err
		}
		into, err := s.ByPath(ctx, tx, in.Into)
		if fault.Is(err, fault.NotFound) {
			return f.Field("into", "office.merger_into_missing")
		}
		if err != nil {
			return err
		}
		if err := s.Check(by, ActManage, actor.Target{OfficePath: into.Path}); err != nil {
			return err
		}
		if err := mergeable(ctx, tx, from, into, ""); err != nil {
			return err
		}
		if err := f.OrNil(); err != nil {
			return err
		}
		m = Merger{ID: db.NewKey(), FromPath: from.Path, FromName: from.Name, IntoPath: into.Path, IntoName: into.Name, Document: in.Document, Posts: in.Posts, State: MergerWaiting,
			ProposedBy: by.Name(), Subject: by.Subject, ProposedAt: tx.Now}
		_, err = tx.Exec(ctx, `INSERT INTO office_merger (id, from_path, from_name, into_path, into_name, document, posts, state, proposed_by, subject, proposed_at)
VALUES (`+db.In(11, 1)+`)`, m.ID, m.FromPath, m.FromName, m.IntoPath, m.IntoName, m.Document, m.Posts, string(m.State), m.ProposedBy, m.Subject, m.ProposedAt)
		if db.IsUnique(err) {
			return fault.New(fault.Conflict, "office.merger_busy")
		}
		if err != nil {
			return err
		}
		return s.mergerLeaf(ctx, tx, by, m, "office.merger_proposed")
	})
	return m, err
}

// mergeable refuses a merger that can't be, except for what stands in its own way.
func mergeable(ctx context.Context, tx *db.Tx, from, into Office, except string) error {
	wrong := func(key string) error {
		return fault.New(fault.Invalid, "office.merger_bad").Field("into", key)
	}
	switch {
	case from.Successor != "":
		return fault.New(fault.Conflict, "office.dissolved")
	case from.Path == into.Path:
		return wrong("office.merger_self")
	case into.Successor != "":
		return wrong("office.merger_into_dissolved")
	case slices.Contains(Superiors(into.Path), from.Path):
		return wrong("office.merger_child")
	case (from.Kind == Government) != (into.Kind == Government):
		return wrong("office.merger_kind")
	}
	below, err := db.One[int](ctx, tx, `SELECT count(*) FROM office_office WHERE parent = $1 AND successor = ''`, from.Path)
	if err != nil {
		return err
	}
	if below > 0 {
		return fault.New(fault.Conflict, "office.merger_children", below)
	}
	busy, err := db.One[int](ctx, tx, `SELECT count(*) FROM office_merger WHERE state IN ('waiting', 'running') AND id <> $1 AND (from_path IN ($2, $3) OR into_path = $4)`,
		except, from.Path, into.Path, from.Path)
	if err == nil && busy > 0 {
		err = fault.New(fault.Conflict, "office.merger_busy")
	}
	return err
}

func (s *Service) mergerLeaf(ctx context.Context, tx *db.Tx, by actor.Actor, m Merger, kind string) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: kind, Actor: by.Name(), Office: by.OfficePath, Object: "office:" + m.FromPath, Basis: m.Document,
		Data: map[string]string{"merger": m.ID, "into": m.IntoPath, "posts": m.Posts, "proposed_by": m.ProposedBy}})
}

func mergerByID(ctx context.Context, tx *db.Tx, id string) (Merger, error) {
	m, err := db.One[Merger](ctx, tx, `SELECT `+mergerColumns+` FROM office_merger WHERE id = $1`, id)
	if errors.Is(err, db.ErrNotFound) {
		return m, fault.New(fault.NotFound, "office.merger_gone")
	}
	return m, err
}

// Merger returns one: fault.NotFound "office.merger_gone" when there is none.
func (s *Service) Merger(ctx context.Context, by actor.Actor, id string) (m Merger, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if m, err = mergerByID(ctx, tx, id); err != nil {
			return err
		}
		return s.Check(by, ActSee, actor.Target{OfficePath: m.FromPath})
	})
	return m, err
}

// Mergers lists those an office took part in, the newest first.
func (s *Service) Mergers(ctx context.Context, by actor.Actor, path string) (out []Merger, err error) {
	if err := s.Check(by, ActSee, actor.Target{OfficePath: path}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[Merger](ctx, tx, `SELECT `+mergerColumns+` FROM office_merger WHERE from_path = $1 OR into_path = $2 ORDER BY id DESC LIMIT 50`, path, path)
		return err
	})
	return out, err
}

// Found tells what hung on the dissolved office when its merger was approved.
func (s *Service) Found(ctx context.Context, by actor.Actor, id string) (out []Hanging, err error) {
	if _, err := s.Merger(ctx, by, id); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = db.All[Hanging](ctx, tx, `SELECT kind, found AS n, moves FROM office_merger_part WHERE merger_id = $1 ORDER BY place`, id)
		return err
	})
	return out, err
}

package account

import (
	"context"
	"embed"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/memo"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "account", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Service keeps subjects and accounts. Safe for concurrent use.
type Service struct {
	db        *db.DB
	needs     Needs
	hashing   *hashing
	actors    *memo.Memo[actorKey, cachedActor]
	strangers *strangers
}

// actorKey is a session or the hash of a token.
type actorKey struct {
	session Session
	token   string
}

type cachedActor struct {
	actor actor.Actor
	until time.Time
}

// actorLife is how long an actor is remembered on this node: a post taken away on another node still acts for so long.
const actorLife = 10 * time.Second

// New returns the service.
func New(d *db.DB, n Needs) *Service {
	return &Service{db: d, needs: n, hashing: newHashing(2, 64), actors: memo.New[actorKey, cachedActor](20_000), strangers: newStrangers()}
}

// Forget drops what is remembered of actors: called when posts or accounts change.
func (s *Service) Forget() { s.actors.Forget() }

// actorBy returns the actor of a session or token, read at most once in actorLife. One that was being read while accounts changed is not kept.
func (s *Service) actorBy(ctx context.Context, key actorKey, read func(tx *db.Tx) (actor.Actor, error)) (actor.Actor, error) {
	c, ok, age := s.actors.Get(key)
	if ok && !time.Now().After(c.until) {
		return c.actor, nil
	}
	var out actor.Actor
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		out, err = read(tx)
		return err
	})
	if err == nil {
		s.actors.Put(key, cachedActor{out, time.Now().Add(actorLife)}, age)
	}
	return out, err
}

package account

import (
	"embed"
	"sync"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
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
	db      *db.DB
	needs   Needs
	hashing *hashing
	mu      sync.Mutex
	actors  map[actorKey]cachedActor
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
	return &Service{db: d, needs: n, hashing: newHashing(2, 64), actors: map[actorKey]cachedActor{}}
}

// Forget drops what is remembered of actors: called when posts or accounts change.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.actors)
}

func (s *Service) remembered(k actorKey) (actor.Actor, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.actors[k]
	if !ok || time.Now().After(c.until) {
		return actor.Actor{}, false
	}
	return c.actor, true
}

func (s *Service) remember(k actorKey, a actor.Actor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.actors) > 20_000 {
		clear(s.actors)
	}
	s.actors[k] = cachedActor{a, time.Now().Add(actorLife)}
}

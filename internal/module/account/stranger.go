package account

import (
	"sync"
	"time"

	"xiangyun/internal/platform/sm"
)

// mostStrangers bounds how many names nobody has are counted, each by its digest: some megabytes at most, whatever is typed.
const mostStrangers = 20_000

// strangers counts wrong guesses at names nobody has, as accounts count those at theirs, so that five guesses do not tell which names there are. It is kept
// in memory: a row for each name that is typed would let any stranger fill the database. So each node counts by itself and a restart forgets, which accounts do
// not: who asks several nodes, or around a restart, can tell after more guesses. Safe for concurrent use.
type strangers struct {
	mu         sync.Mutex
	fresh, old map[[sm.Size]byte]stranger // when the fresh are many they become the old, and the old are forgotten
}

type stranger struct {
	failures int
	locked   time.Time // until then; zero while it is not
}

func newStrangers() *strangers { return &strangers{fresh: map[[sm.Size]byte]stranger{}} }

// fail counts one wrong guess, and returns what the person is told: what the owner of an account would be.
func (s *strangers) fail(login string, now time.Time) error {
	key := sm.Sum([]byte(login))
	s.mu.Lock()
	defer s.mu.Unlock()
	g, known := s.fresh[key]
	if !known {
		g = s.old[key]
	}
	if len(s.fresh) >= mostStrangers/2 {
		s.fresh, s.old = map[[sm.Size]byte]stranger{}, s.fresh
	}
	if g.locked.After(now) {
		s.fresh[key] = g
		return errLocked
	}
	g.locked, g.failures = time.Time{}, g.failures+1
	if g.failures >= maxFailures {
		g = stranger{locked: now.Add(lockedFor)}
	}
	s.fresh[key] = g
	return errWrong
}

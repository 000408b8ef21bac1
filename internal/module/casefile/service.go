package casefile

import (
	"embed"
	"sync"
	"time"

	"xiangyun/internal/platform/db"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "casefile", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Service handles cases. Safe for concurrent use.
type Service struct {
	db    *db.DB
	needs Needs
	mu    sync.Mutex
	seen  map[seenKey]time.Time // readings logged a moment ago

	warnings   []scoped // rules of warning, as read at warningsAt
	warningsAt time.Time
	calendars  sync.Map // version → *workday.Calendar, those that stand in casefile_calendar
}

// New returns the service.
func New(d *db.DB, n Needs) *Service {
	if n.CloseHour == 0 {
		n.CloseHour = 17
	}
	return &Service{db: d, needs: n, seen: map[seenKey]time.Time{}}
}

// seenKey is who read which case. A page that is loaded anew within minutes is one reading.
type seenKey struct {
	account, caseID string
	version         int64
}

const seenFor = 10 * time.Minute

// freshly tells whether a reading is to be logged.
func (s *Service) freshly(k seenKey, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.seen[k]; ok && now.Sub(at) < seenFor {
		return false
	}
	if len(s.seen) > 50_000 {
		clear(s.seen)
	}
	s.seen[k] = now
	return true
}

// forget lets a reading be logged again: its transaction was rolled back.
func (s *Service) forget(k seenKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, k)
}

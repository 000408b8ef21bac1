package seal

import (
	"embed"
	"fmt"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/memo"
	"xiangyun/internal/platform/sm"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "seal", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Service keeps seals and affixes them. Safe for concurrent use.
type Service struct {
	db    *db.DB
	needs Needs
	// imprints are versions of seals, certificates those of keys: neither changes. inUse is the seal each office was last found to use; a use is recorded only
	// when that is still so.
	imprints     *memo.Memo[ID, *Imprint]
	certificates *memo.Memo[string, *sm.Certificate]
	inUse        *memo.Memo[string, ID]
}

// mostHeld bounds what is remembered of seals.
const mostHeld = 2000

// New returns the service.
func New(d *db.DB, n Needs) *Service {
	return &Service{db: d, needs: n, imprints: memo.New[ID, *Imprint](mostHeld), certificates: memo.New[string, *sm.Certificate](mostHeld), inUse: memo.New[string, ID](mostHeld)}
}

// aad ties a sealed value to its row and column.
func aad(id, column string) []byte { return []byte("seal/" + id + "/" + column) }

// hide seals what somebody wrote; nothing stays nothing.
func (s *Service) hide(text, id, column string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	sealed, err := s.needs.Secrets.Seal([]byte(text), aad(id, column))
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", column, err)
	}
	return sealed, nil
}

func (s *Service) reveal(sealed []byte, id, column string) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := s.needs.Secrets.Open(sealed, aad(id, column))
	if err != nil {
		return "", fmt.Errorf("opening %s: %w", column, err)
	}
	return string(plain), nil
}

// object is how the log names a seal.
func object(id ID) string { return "seal:" + id }

package rating

import (
	"embed"
	"fmt"

	"xiangyun/internal/platform/db"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "rating", FS: schemaFS}

// Locale holds the module's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Days are the terms of a rectification, in working days after the day of the rating. The national rules set none; these are what provinces
// promise.
type Days struct {
	Claim  int // to claim it (签收), 1 when 0
	Verify int // to look into it (核实), 3 when 0
	Normal int // to answer it (整改反馈), 5 when 0
}

// Service keeps ratings. Safe for concurrent use.
type Service struct {
	db    *db.DB
	needs Needs
}

// New returns the service.
func New(d *db.DB, n Needs) *Service {
	usual := func(days *int, instead int) {
		if *days == 0 {
			*days = instead
		}
	}
	usual(&n.Days.Claim, 1)
	usual(&n.Days.Verify, 3)
	usual(&n.Days.Normal, 5)
	return &Service{db: d, needs: n}
}

// aad ties a sealed value to its row and column.
func aad(id, column string) []byte { return []byte("rating/" + id + "/" + column) }

// seal seals what somebody said; nothing stays nothing.
func (s *Service) seal(text, id, column string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	sealed, err := s.needs.Keys.Seal([]byte(text), aad(id, column))
	if err != nil {
		return nil, fmt.Errorf("sealing %s of a rating: %w", column, err)
	}
	return sealed, nil
}

func (s *Service) unseal(sealed []byte, id, column string) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := s.needs.Keys.Open(sealed, aad(id, column))
	if err != nil {
		return "", fmt.Errorf("opening %s of a rating: %w", column, err)
	}
	return string(plain), nil
}

package cert

import (
	"embed"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/memo"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "cert", FS: schemaFS}

// Service keeps certificates. Safe for concurrent use.
type Service struct {
	db    *db.DB
	needs Needs
	// crash is called before and after each step of issuing; tests end the program there. Nil otherwise.
	crash func(point string) error
	// types are versions of types by their row; proven what was found signed and in the log: neither changes any more.
	types  *memo.Memo[string, Type]
	proven *memo.Memo[evidence, int64]
}

// mostProven bounds what is remembered of certificates that were verified.
const mostProven = 100_000

// New returns the service.
func New(d *db.DB, n Needs) *Service {
	return &Service{db: d, needs: n, types: memo.New[string, Type](1000), proven: memo.New[evidence, int64](mostProven)}
}

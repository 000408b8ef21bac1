package cert

import (
	"embed"

	"xiangyun/internal/platform/db"
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
}

// New returns the service.
func New(d *db.DB, n Needs) *Service { return &Service{db: d, needs: n} }

package power

import (
	"embed"

	"xiangyun/internal/platform/db"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the module's tables.
var Schema = db.Schema{Name: "power", FS: schemaFS}

// Service keeps the list. Safe for concurrent use.
type Service struct {
	db    *db.DB
	needs Needs
}

// New returns the service.
func New(d *db.DB, n Needs) *Service { return &Service{db: d, needs: n} }

// keptAt is the office path of who keeps the list: the province.
const keptAt = "22"

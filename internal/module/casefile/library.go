package casefile

import (
	"context"

	"xiangyun/internal/module/form"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/db"
)

// Items finds what is applied for, met by the item module.
type Items interface {
	Entry(ctx context.Context, tx *db.Tx, code string) (*item.Entry, error)
	EntryVersion(ctx context.Context, tx *db.Tx, id string) (*item.Entry, error)
	// Pinned is EntryVersion without its state, from memory.
	Pinned(ctx context.Context, tx *db.Tx, id string) (*item.Entry, error)
	// Implementing returns the paths of the offices of a government that have an entry of a base item in use.
	Implementing(ctx context.Context, tx *db.Tx, base, government string) ([]string, error)
}

// Forms finds forms, met by the form module.
type Forms interface {
	Latest(ctx context.Context, tx *db.Tx, key string) (*form.Definition, error)
	ByID(ctx context.Context, tx *db.Tx, id string) (*form.Definition, error)
}

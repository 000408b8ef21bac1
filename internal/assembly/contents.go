package assembly

import (
	"context"
	"strings"
	"time"

	"xiangyun/internal/module/item"
	"xiangyun/internal/module/material"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// namer is a module whose rows name contents of the blob store.
type namer struct {
	columns []string // "table.column", every one of them
	ask     func(ctx context.Context, tx *db.Tx, contents []string) ([]string, error)
}

// namers lists them. A module that is not here loses what it stored: a test compares the list with the tables and with who imports the store.
func (a *App) namers() []namer {
	return []namer{{[]string{material.ContentColumn}, a.Materials.NamesOf}, {[]string{item.MaterialFileColumn}, a.Items.NamesOf}}
}

// named returns those of some contents that any module names, in one snapshot.
func (a *App) named(ctx context.Context, contents []string) (out []string, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		out = nil
		for _, n := range a.namers() {
			list, err := n.ask(ctx, tx, contents)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		return nil
	})
	return out, err
}

// unnamedFor is how long a content stays that no row names: longer than any upload takes until its row is there, and than any backup takes to read the files
// of the rows it has read.
const unnamedFor = 3 * 24 * time.Hour

// collecting is the job that removes the contents no row names, from the first byte of their addresses on, with what was removed before it.
type collecting struct {
	From     int   `json:"from"`
	Contents int   `json:"contents"`
	Bytes    int64 `json:"bytes"`
	Waiting  int   `json:"waiting"`
	Turn     int   `json:"turn"` // how often it was handed on
}

// JobKind implements job.Args.
func (collecting) JobKind() string { return "blob.collect" }

// collect begins a collection.
func (a *App) collect(ctx context.Context) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error { return a.nextCollect(ctx, tx, collecting{}) })
}

// nextCollect hands on under one of two names in turn, as the run that hands on has its own until it ends. One that is run again after a kill so finds the one it
// had handed on to, and there are never more than two.
func (a *App) nextCollect(ctx context.Context, tx *db.Tx, c collecting) error {
	return a.Queue.Insert(ctx, tx, c, job.Unique([]string{"first", "second"}[c.Turn%2]))
}

// foreign tells whether the store can't belong to this database: there are contents, and no row names any at all. So it looks when the program is started with
// another database, or an empty one, beside the data folder.
func (a *App) foreign(ctx context.Context) (bool, error) {
	naming := 0
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		naming = 0
		for _, n := range a.namers() {
			for _, column := range n.columns {
				table, name, _ := strings.Cut(column, ".")
				some, err := db.One[int](ctx, tx, `SELECT count(*) FROM (SELECT 1 AS naming FROM `+table+` WHERE `+name+` <> '' LIMIT 1) AS found`)
				if err != nil {
					return err
				}
				naming += some
			}
		}
		return nil
	})
	if err != nil || naming > 0 {
		return false, err
	}
	empty, err := a.Blobs.Empty()
	return !empty, err
}

// collectSome is one run of the job. It hands on to the next each second, so that a stop of the program need not wait for the whole store.
func (a *App) collectSome(ctx context.Context, c collecting) error {
	foreign, err := a.foreign(ctx)
	if err != nil {
		return err
	}
	if foreign {
		a.Log.ErrorContext(ctx, "the database names no document at all, and the data folder has some: nothing is removed; put the right database beside it",
			"data", a.Config.Data, "engine", a.DB.Engine())
		return nil
	}
	for begin := time.Now(); c.From < 256 && time.Since(begin) < time.Second; c.From++ {
		got, err := a.Blobs.Collect(ctx, byte(c.From), unnamedFor, a.named)
		if err != nil {
			return err
		}
		c.Contents, c.Bytes, c.Waiting = c.Contents+got.Contents, c.Bytes+got.Bytes, c.Waiting+got.Waiting
	}
	if c.From < 256 {
		c.Turn++
		return a.DB.Update(ctx, func(tx *db.Tx) error { return a.nextCollect(ctx, tx, c) })
	}
	a.Log.InfoContext(ctx, "removed the contents that no row names", "contents", c.Contents, "bytes", c.Bytes, "waiting", c.Waiting)
	return nil
}

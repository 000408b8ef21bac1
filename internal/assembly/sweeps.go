package assembly

import (
	"context"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/web"
)

// recount is the job that checks what entries say, when a keeper does not want to wait for the night.
type recount struct{}

// JobKind implements job.Args.
func (recount) JobKind() string { return "item.recount" }

// recount inserts it, once however often it is asked for.
func (a *App) recount(ctx context.Context) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error { return a.Queue.Insert(ctx, tx, recount{}, job.Unique("library")) })
}

// uploadLife is longer than any upload that may still run.
const uploadLife = 24 * time.Hour

// sweeps adds what runs by the clock, on the leading node. Each forgets what nobody may ask for any more.
func (a *App) sweeps() {
	a.Queue.Every("once.sweep", time.Hour, func(ctx context.Context) error { return once.Sweep(ctx, a.DB) })
	a.Queue.Every("web.sweep", time.Hour, func(ctx context.Context) error { return web.SweepSessions(ctx, a.DB) })
	a.Queue.Every("account.sweep", time.Hour, a.Accounts.SweepTokens)
	a.Queue.Every("casefile.silence", 10*time.Minute, func(ctx context.Context) error {
		_, err := a.Cases.AcceptSilent(ctx)
		return err
	})
	a.Queue.Every("casefile.sweep", time.Hour, a.Cases.SweepDrafts)
	a.Queue.Every("hall.remind", 10*time.Minute, a.Halls.Remind)
	a.Queue.Every("hall.missed", 10*time.Minute, a.Halls.CountMissed)
	a.Queue.Every("hall.escalate", 10*time.Minute, a.Halls.Escalate)
	a.Queue.Every("hall.tidy", 10*time.Minute, a.Halls.Tidy)
	a.Queue.Every("item.due", time.Hour, a.Items.DoDue) // each day has its job; this is for what was missed while nothing ran
	job.Handle(a.Queue, func(ctx context.Context, _ recount) error { return a.Items.CountQuality(ctx) })
	a.Queue.Every("item.consistency", 6*time.Hour, a.Items.KeepDay)
	a.Queue.Every("item.quality", 24*time.Hour, a.Items.CountQuality)
	a.Queue.Every("material.sweep", time.Hour, a.Materials.Sweep)
	a.Queue.Every("blob.sweep", 6*time.Hour, func(ctx context.Context) error {
		_, err := a.Blobs.Sweep(ctx, time.Now().Add(-uploadLife))
		return err
	})
}

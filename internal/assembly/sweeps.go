package assembly

import (
	"context"
	"errors"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/once"
	"xiangyun/internal/platform/web"
)

// recount is the job that recounts the library, each night or when a keeper does not want to wait for it.
type recount struct{}

// JobKind implements job.Args.
func (recount) JobKind() string { return "item.recount" }

// recount inserts it, once however often it is asked for.
func (a *App) recount(ctx context.Context) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error { return a.Queue.Insert(ctx, tx, recount{}, job.Unique("library")) })
}

// nightly has the library recounted at its next hour; asked again it changes nothing.
func (a *App) nightly(ctx context.Context) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error {
		due, err := a.Items.RecountDue(ctx, tx)
		if err != nil {
			return err
		}
		return a.Queue.Insert(ctx, tx, recount{}, job.At(due), job.Unique("night"))
	})
}

// recountSome is one run of the job. It gives its place away each second, so that a stop of the program need not wait for the whole library.
func (a *App) recountSome(ctx context.Context, _ recount) error {
	done, err := a.Items.RecountSome(ctx)
	if err == nil && !done {
		return job.Snooze(0)
	}
	return err
}

// reckoning is the job that finds the dates of open cases anew after calendars or rules changed.
type reckoning struct {
	Change string `json:"change"`
}

// JobKind implements job.Args.
func (reckoning) JobKind() string { return "casefile.reckon" }

// betweenRounds is how long the second round waits: longer than any node remembers an old calendar.
const betweenRounds = 2 * time.Minute

// watchCalendars notices that calendars changed, through whichever node or command, and has the dates of open cases found anew. What was begun and
// not finished is taken up again.
func (a *App) watchCalendars(ctx context.Context) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error {
		revision, what, err := a.Offices.CalendarRevision(ctx, tx)
		if err != nil {
			return err
		}
		if err := a.Cases.NoteCalendar(ctx, tx, revision, what); err != nil {
			return err
		}
		open, err := a.Cases.UnfinishedChanges(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range open {
			if err := a.Queue.Insert(ctx, tx, reckoning{id}, job.Unique(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

// reckon is one run of the job.
func (a *App) reckon(ctx context.Context, r reckoning) error {
	a.Offices.ForgetCalendars()
	by := actor.Program("casefile.clock")
	_, timers := a.Flows.ReckonTimers(ctx, by, r.Change)
	_, tasks := a.Flows.ReckonTasks(ctx, by, r.Change)
	done, err := a.Cases.ApplyChange(ctx, by, r.Change)
	if err = errors.Join(timers, tasks, err); err == nil && !done {
		return job.Snooze(betweenRounds)
	}
	return err
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
	a.Queue.Every("casefile.lapse", 10*time.Minute, func(ctx context.Context) error {
		_, err := a.Cases.RunLapsed(ctx)
		return err
	})
	for name, run := range map[string]func(context.Context) (int, error){"casefile.remind_gaps": a.Cases.RemindGaps, "casefile.overdue_gaps": a.Cases.NoteOverdueGaps,
		"casefile.renew": a.Cases.RenewSilent, "casefile.lapse_hearings": a.Cases.LapseHearings, "casefile.remind_hearings": a.Cases.RemindHearings} {
		a.Queue.Every(name, 10*time.Minute, func(ctx context.Context) error {
			_, err := run(ctx)
			return err
		})
	}
	a.Queue.Every("casefile.mark", time.Hour, func(ctx context.Context) error {
		_, err := a.Cases.MarkClocks(ctx)
		return err
	})
	a.Queue.Every("casefile.warnings", 10*time.Minute, a.Cases.BeginWarnings)
	a.Queue.Every("casefile.calendar", time.Minute, a.watchCalendars)
	a.Queue.Every("supervision.fold", time.Second, func(ctx context.Context) error {
		_, err := a.Supervision.Fold(ctx)
		return err
	})
	a.Queue.Every("supervision.warn", time.Hour, func(ctx context.Context) error {
		_, err := a.Supervision.Warn(ctx, actor.Program("supervision"))
		return err
	})
	a.Queue.Every("log.witness", 5*time.Second, a.Audit.AskWitnesses)
	a.Queue.Every("casefile.sweep", time.Hour, a.Cases.SweepDrafts)
	a.Queue.Every("hall.remind", 10*time.Minute, a.Halls.Remind)
	a.Queue.Every("hall.missed", 10*time.Minute, a.Halls.CountMissed)
	a.Queue.Every("hall.escalate", 10*time.Minute, a.Halls.Escalate)
	a.Queue.Every("hall.tidy", 10*time.Minute, a.Halls.Tidy)
	a.Queue.Every("item.due", time.Hour, a.Items.DoDue) // each day has its job; this is for what was missed while nothing ran
	job.Handle(a.Queue, a.reckon)
	job.Handle(a.Queue, a.recountSome)
	job.Handle(a.Queue, a.moveOffice)
	a.Queue.Every("office.mergers", 10*time.Minute, a.resumeMergers)
	a.Queue.Every("item.consistency", 6*time.Hour, a.Items.KeepDay)
	a.Queue.Every("item.night", 10*time.Minute, a.nightly)
	a.Queue.Every("material.sweep", time.Hour, a.Materials.Sweep)
	job.Handle(a.Queue, a.collectSome)
	job.Handle(a.Queue, a.resealSome)
	a.Queue.Every("blob.collect", 24*time.Hour, a.collect)
	a.Queue.Every("blob.sweep", 6*time.Hour, func(ctx context.Context) error {
		_, err := a.Blobs.Sweep(ctx, time.Now().Add(-uploadLife))
		return err
	})
}

package assembly

import (
	"context"
	"errors"
	"fmt"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
)

// estate meets office.Estate with the modules that are made after it.
type estate struct{ app *App }

// Count implements office.Estate.
func (e estate) Count(ctx context.Context, tx *db.Tx, o office.Office) ([]office.Hanging, error) {
	a := e.app
	tasks, err := a.Flows.OpenAt(ctx, tx, o.Path)
	if err != nil {
		return nil, err
	}
	cases, series, err := a.Cases.OpenAt(ctx, tx, o.Path, o.Name)
	if err != nil {
		return nil, err
	}
	cards, err := a.Supervision.OpenAt(ctx, tx, o.Path)
	if err != nil {
		return nil, err
	}
	entries, err := a.Items.EntriesAt(ctx, tx, o.Path)
	if err != nil {
		return nil, err
	}
	seals, err := a.Seals.SealsAt(ctx, tx, o.Path)
	if err != nil {
		return nil, err
	}
	halls, windows, err := a.Halls.HallsAt(ctx, tx, o.Path)
	return []office.Hanging{{Kind: "cases", N: cases, Moves: true}, {Kind: "tasks", N: tasks, Moves: true}, {Kind: "cards", N: cards, Moves: true}, {Kind: "entries", N: entries},
		{Kind: "seals", N: seals}, {Kind: "halls", N: halls}, {Kind: "windows", N: windows}, {Kind: "series", N: series}}, err
}

// Move implements office.Estate: cases with their tasks, then what is no case's, then cards. Each portion is whole by itself, so that whoever is killed in
// between goes on with what is left.
func (e estate) Move(ctx context.Context, by actor.Actor, m office.Merger) error {
	a := e.app
	var into office.Office
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		found, err := a.Offices.Answering(ctx, tx, []string{m.FromPath})
		into = found[m.FromPath]
		return err
	})
	if err != nil {
		return err
	}
	// What can't go over holds up nothing else, and is tried again.
	var wrong []error
	_, err = a.Cases.Inherit(ctx, by, mergedInto(m, into))
	var left *casefile.Unmoved
	if errors.As(err, &left) {
		err = &office.Unmoved{N: len(left.Numbers), First: left.Numbers[0], Err: left}
	}
	wrong = append(wrong, err)
	if _, err := a.Flows.Reassign(ctx, by, m.FromPath, officeOf(into), m.Document); err != nil {
		wrong = append(wrong, fmt.Errorf("moving tasks: %w", err))
	}
	if _, err := a.Supervision.Inherit(ctx, by, m.FromPath, into.Path, m.Document); err != nil {
		wrong = append(wrong, fmt.Errorf("moving cards: %w", err))
	}
	return errors.Join(wrong...)
}

func mergedInto(m office.Merger, into office.Office) casefile.Merged {
	return casefile.Merged{From: m.FromPath, FromName: m.FromName, Into: workflow.Office{ID: into.ID, Path: into.Path, Name: into.Name}, Document: m.Document, DecidedBy: m.DecidedBy}
}

// heirs meets casefile.Heirs with the office module.
type heirs struct{ offices *office.Service }

// Merged implements casefile.Heirs.
func (h heirs) Merged(ctx context.Context, tx *db.Tx, path string) (casefile.Merged, bool, error) {
	into, ok, err := h.offices.Heir(ctx, tx, path)
	if err != nil || !ok {
		return casefile.Merged{}, false, err
	}
	m, err := h.offices.Dissolution(ctx, tx, path)
	return mergedInto(m, into), err == nil, err
}

// moveOffice is one run of the job that moves what a dissolved office was handling.
func (a *App) moveOffice(ctx context.Context, m office.Moving) error {
	done, err := a.Offices.MoveEstate(ctx, actor.Program("office.merger"), m.Merger)
	if err == nil && !done {
		return job.Snooze(office.BetweenMergerRounds)
	}
	return err
}

// resumeMergers takes up again what was begun and not finished, whatever became of its job.
func (a *App) resumeMergers(ctx context.Context) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error {
		open, err := a.Offices.UnfinishedMergers(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range open {
			if err := a.Queue.Insert(ctx, tx, office.Moving{Merger: id}, job.Unique(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

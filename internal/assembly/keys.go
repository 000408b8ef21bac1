package assembly

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/job"
	"xiangyun/internal/platform/reseal"
	"xiangyun/internal/platform/sm"
)

// lookEvery is how often a node looks whether another process has changed the keyring.
const lookEvery = 5 * time.Second

// watchKeys takes up what other processes write into the keyring, until ctx ends. What can't be opened is told once: the keys at hand go on serving.
func (a *App) watchKeys(ctx context.Context) error {
	told := ""
	for tick := time.NewTicker(lookEvery); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return nil
		case <-tick.C:
		}
		if err := a.Keys.Reload(); err == nil {
			told = ""
		} else if err.Error() != told {
			told = err.Error()
			a.Log.ErrorContext(ctx, "the keyring has changed and can't be taken up; put the right KEK in its place", "error", err)
		}
	}
}

// resealing is the job that seals anew what older keys have sealed: values, then contents of the blob store, then the keys of seals. The state is where it is.
type resealing struct {
	Generation int          `json:"generation"` // of the keyring that asked for it
	Round      int          `json:"round"`
	At         reseal.Place `json:"at"`
	Shard      int          `json:"shard"` // of the blob store
}

// JobKind implements job.Args.
func (resealing) JobKind() string { return "keys.reseal" }

// mostRounds bounds the rounds: the second finds what a node sealed before it knew of the new key, the third nothing.
const mostRounds = 4

// RotateKeys adds a data key, which seals from now on, and has the running program seal anew what older ones have sealed.
func (a *App) RotateKeys(ctx context.Context) (sm.Standing, error) {
	if err := a.Keys.Rotate(); err != nil {
		return a.Keys.Standing(), err
	}
	s := a.Keys.Standing()
	return s, a.DB.Update(ctx, func(tx *db.Tx) error {
		err := a.Audit.Append(ctx, tx, audit.Entry{Kind: "keys.rotated", Actor: keeping, Object: keyring, Basis: keysBasis, Data: s.Counts()})
		if err != nil {
			return err
		}
		return a.nextReseal(ctx, tx, resealing{Generation: s.Generation})
	})
}

// RewrapKeys wraps the keyring with the KEK in file, or without one with a new one that takes the old one's place; before is where that is kept then.
func (a *App) RewrapKeys(ctx context.Context, file string) (s sm.Standing, before string, err error) {
	if file == "" {
		before, err = a.Keys.Renew()
	} else {
		err = a.Keys.Rewrap(file)
	}
	s = a.Keys.Standing()
	if err != nil {
		return s, "", err
	}
	return s, before, a.DB.Update(ctx, func(tx *db.Tx) error {
		return a.Audit.Append(ctx, tx, audit.Entry{Kind: "keys.rewrapped", Actor: keeping, Object: keyring, Basis: keysBasis, Data: s.Counts()})
	})
}

// What the leaves about the keys say.
const (
	keyring   = "keyring"
	keysBasis = "《个人信息保护法》第五十一条"
)

// keeping is who keeps the machine, in the log.
var keeping = actor.Program("keys").Name()

func (a *App) nextReseal(ctx context.Context, tx *db.Tx, r resealing, more ...job.Option) error {
	key, err := json.Marshal(r)
	if err != nil {
		return err
	}
	// Two that stand at one place are one.
	return a.Queue.Insert(ctx, tx, r, append(more, job.Unique(string(key)))...)
}

func (a *App) handOn(ctx context.Context, r resealing, more ...job.Option) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error { return a.nextReseal(ctx, tx, r, more...) })
}

// resealSome is one run of the job. It hands on to the next each second, so that a stop of the program need not wait for it.
func (a *App) resealSome(ctx context.Context, r resealing) error {
	if err := a.Keys.Reload(); err != nil {
		return err
	}
	before := r.At.Column
	r, done, err := a.resealUntil(ctx, r, time.Now().Add(time.Second))
	if err != nil {
		return err
	}
	if before != r.At.Column {
		a.Log.InfoContext(ctx, "sealing anew with the newest key", "column", r.At.Column, "of", len(sealedColumns()), "values", r.At.Done)
	}
	if !done {
		return a.handOn(ctx, r)
	}
	keys, failed, err := a.sealKeys.Reseal(ctx)
	if err != nil {
		return fmt.Errorf("sealing the keys of seals anew: %w", err)
	}
	r.At.Done, r.At.Failed = r.At.Done+int64(keys), r.At.Failed+int64(failed)
	a.Log.InfoContext(ctx, "sealed anew with the newest key", "round", r.Round+1, "values", r.At.Done, "that_do_not_open", r.At.Failed)
	if r.At.Done == 0 || r.Round+1 == mostRounds {
		return nil
	}
	return a.handOn(ctx, resealing{Generation: r.Generation, Round: r.Round + 1}, job.At(time.Now().Add(betweenRounds)))
}

// resealUntil goes on through values and contents until the time is over, with one step at least: one that stands where the run before it stood would be taken
// for that run when it is handed on, and dropped. done is all of them.
func (a *App) resealUntil(ctx context.Context, r resealing, until time.Time) (next resealing, done bool, err error) {
	begun := r.At.Column
	if r.At, done, err = reseal.Some(ctx, a.DB, a.Keys, sealedColumns(), r.At, until); err != nil || !done {
		return r, false, err
	}
	for first := begun == len(sealedColumns()); r.Shard < 256 && (first || time.Now().Before(until)); first = false {
		did, failed, err := a.Blobs.Reseal(ctx, byte(r.Shard))
		if err != nil {
			return r, false, err
		}
		r.At.Done, r.At.Failed, r.Shard = r.At.Done+int64(did), r.At.Failed+int64(failed), r.Shard+1
	}
	return r, r.Shard == 256, nil
}

// KeysLeft counts what the newest key has not sealed: values by column, contents as "documents", keys of seals as "keys/seals".
func (a *App) KeysLeft(ctx context.Context) (map[string]int64, error) {
	left := map[string]int64{}
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		for _, c := range sealedColumns() {
			n, err := c.Left(ctx, tx, a.Keys)
			if err != nil {
				return err
			}
			if n > 0 {
				left[c.Table+"."+c.Name] = n
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	contents, err := a.Blobs.Stale(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := a.sealKeys.Stale(ctx)
	if err != nil {
		return nil, err
	}
	for name, n := range map[string]int64{documentsFolder: contents, keysFolder + "/" + sealKeysFolder: keys} {
		if n > 0 {
			left[name] = n
		}
	}
	return left, nil
}

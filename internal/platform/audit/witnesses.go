package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"xiangyun/internal/platform/db"
)

// Witness cosigns checkpoints when they continue all it has seen. Package witness has one, and a client for those elsewhere.
type Witness interface {
	// Key says who it is.
	Key() Key
	// AddCheckpoint returns the line to stand below the note. A *ConflictError tells that Old is not what the witness knows, ErrInconsistent that the
	// proof does not hold, ErrRefused that it does not serve this log; any other error that it could not be asked.
	AddCheckpoint(ctx context.Context, s Submission) (line string, err error)
}

// Submission is what a witness is asked to sign.
type Submission struct {
	Old   int64    // size of the checkpoint it signed last, 0 for none
	Proof [][]byte // that the tree of the note continues that one
	Note  string
}

// ConflictError is a witness's answer that it signed another size last, or another root at the same size.
type ConflictError struct{ Known int64 }

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("the witness knows a tree of %d leaves that this one is not, or does not begin with", e.Known)
}

// What a witness may answer else.
var (
	ErrInconsistent = errors.New("the tree does not continue what the witness has seen")
	ErrRefused      = errors.New("the witness does not serve this log, or does not trust its keys")
)

// Words of audit_witness.refusal.
const (
	RefusalUnreachable  = "unreachable"
	RefusalConflict     = "conflict"
	RefusalInconsistent = "inconsistent"
	RefusalRefused      = "refused"
)

// askAgain is how old a cosignature may become while nothing is written: a witness then says again that this is the newest it knows.
const askAgain = time.Hour

// AskWitnesses has the newest checkpoint cosigned by every witness that has not done it yet, all side by side. A witness that is silent, slow or
// refuses holds up nobody: what it answered is stored for people to see. The error is about the database alone.
func (l *Log) AskWitnesses(ctx context.Context) error {
	errs := make([]error, len(l.witnesses))
	var asking sync.WaitGroup
	for i, w := range l.witnesses {
		asking.Go(func() {
			if err := l.askWitness(ctx, w); err != nil {
				errs[i] = fmt.Errorf("asking the witness %s: %w", w.Key().Name, err)
			}
		})
	}
	asking.Wait()
	return errors.Join(errs...)
}

// request is what one witness is to be asked.
type request struct {
	checkpoint Checkpoint
	known      int64 // what it signed last, as far as we know
	due        bool
}

func (l *Log) askWitness(ctx context.Context, w Witness) error {
	q, err := l.requestFor(ctx, w.Key().Name)
	if err != nil || !q.due {
		return err
	}
	line, known, err := l.submit(ctx, w, q)
	if ctx.Err() != nil {
		return nil // told to stop: it says nothing about the witness
	}
	if err == nil {
		var good []Cosignature
		good, err = VerifyCosignatures(q.checkpoint.Note+line, []Key{w.Key()})
		if err == nil && len(good) == 1 {
			return l.keepCosignature(ctx, q.checkpoint.Size, good[0])
		}
		err = errors.Join(ErrRefused, err) // it answered, but signed something else
	}
	if storage := (*storageError)(nil); errors.As(err, &storage) {
		return storage.error
	}
	l.log.WarnContext(ctx, "a witness did not sign", "witness", w.Key().Name, "size", q.checkpoint.Size, "error", err)
	return l.db.Update(ctx, func(tx *db.Tx) error { return noteAnswer(ctx, tx, w.Key().Name, known, refusalOf(err)) })
}

func (l *Log) requestFor(ctx context.Context, name string) (q request, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		if q.checkpoint, err = l.Checkpoint(ctx, tx); errors.Is(err, ErrUnknown) {
			return nil
		} else if err != nil {
			return err
		}
		at, err := db.One[time.Time](ctx, tx, `SELECT at FROM audit_cosignature WHERE size = $1 AND witness = $2`, q.checkpoint.Size, name)
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		q.due = err != nil || !tx.Now.Before(at.Add(askAgain))
		q.known, err = db.One[int64](ctx, tx, `SELECT size FROM audit_witness WHERE name = $1`, name)
		if errors.Is(err, db.ErrNotFound) {
			err = nil
		}
		return err
	})
	return q, err
}

// storageError is an error of our own database while a witness is being asked.
type storageError struct{ error }

// submit asks, and once more when the witness knows another size than we thought. known is what it knows then.
func (l *Log) submit(ctx context.Context, w Witness, q request) (line string, known int64, err error) {
	known = q.known
	for try := 0; ; try++ {
		s := Submission{Old: known, Note: q.checkpoint.Note}
		if known > q.checkpoint.Size {
			return "", known, &ConflictError{known} // it has seen more than we have: our log was rolled back
		}
		err = l.db.View(ctx, func(tx *db.Tx) (err error) {
			s.Proof, err = l.Consistency(ctx, tx, s.Old, q.checkpoint.Size)
			return err
		})
		if err != nil {
			return "", known, &storageError{err}
		}
		line, err = w.AddCheckpoint(ctx, s)
		conflict := (*ConflictError)(nil)
		if !errors.As(err, &conflict) || try > 0 || conflict.Known == known || conflict.Known < 0 {
			return line, known, err
		}
		known = conflict.Known
	}
}

func refusalOf(err error) string {
	switch {
	case errors.As(err, new(*ConflictError)):
		return RefusalConflict
	case errors.Is(err, ErrInconsistent):
		return RefusalInconsistent
	case errors.Is(err, ErrRefused):
		return RefusalRefused
	}
	return RefusalUnreachable
}

func noteAnswer(ctx context.Context, tx *db.Tx, name string, known int64, refusal string) error {
	return tx.Later(ctx, `INSERT INTO audit_witness (name, asked_at, size, refusal) VALUES ($1,$2,$3,$4)
ON CONFLICT (name) DO UPDATE SET asked_at = excluded.asked_at, size = excluded.size, refusal = excluded.refusal`, name, tx.Now, known, refusal)
}

// keepCosignature stores a line and forgets those whose checkpoints were thinned out.
func (l *Log) keepCosignature(ctx context.Context, size int64, c Cosignature) error {
	return l.db.Update(ctx, func(tx *db.Tx) error {
		err := tx.Later(ctx, `INSERT INTO audit_cosignature (size, witness, line, at) VALUES ($1,$2,$3,$4)
ON CONFLICT (size, witness) DO UPDATE SET line = excluded.line, at = excluded.at`, size, c.Witness, c.Line, c.At)
		if err != nil {
			return err
		}
		err = tx.Later(ctx, `DELETE FROM audit_cosignature WHERE witness = $1 AND at < $2 AND NOT EXISTS (SELECT 1 FROM audit_checkpoint c WHERE c.size = audit_cosignature.size)`,
			c.Witness, tx.Now.Add(-allFor))
		if err != nil {
			return err
		}
		return noteAnswer(ctx, tx, c.Witness, size, "")
	})
}

// WitnessState is how a witness stands, for people.
type WitnessState struct {
	Key     Key
	Size    int64     // of the newest checkpoint it signed that is still there; meaningless while Signed is zero
	Signed  time.Time // when it says it did
	Asked   time.Time // zero: never
	Known   int64     // leaves it knows of, when it refuses
	Refusal string    // one of the Refusal words; "" when it signed
}

// Witnesses returns how each configured witness stands, in the order of the configuration.
func (l *Log) Witnesses(ctx context.Context, tx *db.Tx) ([]WitnessState, error) {
	out := make([]WitnessState, len(l.witnesses))
	for i, w := range l.witnesses {
		out[i] = WitnessState{Key: w.Key()}
		last, err := db.One[cosignatureRow](ctx, tx, `SELECT size, witness, line, at FROM audit_cosignature WHERE witness = $1 ORDER BY size DESC LIMIT 1`, w.Key().Name)
		if err == nil {
			out[i].Size, out[i].Signed = last.Size, last.At
		} else if !errors.Is(err, db.ErrNotFound) {
			return nil, err
		}
		answer, err := db.One[answerRow](ctx, tx, `SELECT asked_at, size, refusal FROM audit_witness WHERE name = $1`, w.Key().Name)
		if err == nil {
			out[i].Asked, out[i].Known, out[i].Refusal = answer.AskedAt, answer.Size, answer.Refusal
		} else if !errors.Is(err, db.ErrNotFound) {
			return nil, err
		}
	}
	return out, nil
}

type cosignatureRow struct {
	Size    int64
	Witness string
	Line    string
	At      time.Time
}

type answerRow struct {
	AskedAt time.Time
	Size    int64
	Refusal string
}

// Cosigned adds to each checkpoint the lines of the witnesses: to its note, and to Cosignatures.
func (l *Log) Cosigned(ctx context.Context, tx *db.Tx, list []Checkpoint) error {
	if len(list) == 0 {
		return nil
	}
	least, most := list[0].Size, list[0].Size
	for _, c := range list {
		least, most = min(least, c.Size), max(most, c.Size)
	}
	rows, err := db.All[cosignatureRow](ctx, tx, `SELECT size, witness, line, at FROM audit_cosignature WHERE size >= $1 AND size <= $2 ORDER BY size, witness`, least, most)
	if err != nil {
		return err
	}
	for _, r := range rows {
		for i := range list {
			if list[i].Size == r.Size {
				list[i].Note += r.Line
				list[i].Cosignatures = append(list[i].Cosignatures, Cosignature{r.Witness, r.At, r.Line})
			}
		}
	}
	return nil
}

// Published returns the newest checkpoint that at least so many witnesses signed, with their lines; ErrUnknown when there is none.
func (l *Log) Published(ctx context.Context, tx *db.Tx, witnesses int) (Checkpoint, error) {
	if witnesses <= 0 {
		c, err := l.Checkpoint(ctx, tx)
		if err != nil {
			return Checkpoint{}, err
		}
		list := []Checkpoint{c}
		err = l.Cosigned(ctx, tx, list)
		return list[0], err
	}
	size, err := db.One[int64](ctx, tx, `SELECT size FROM audit_cosignature GROUP BY size HAVING count(*) >= $1 ORDER BY size DESC LIMIT 1`, witnesses)
	if errors.Is(err, db.ErrNotFound) {
		return Checkpoint{}, ErrUnknown
	}
	if err != nil {
		return Checkpoint{}, err
	}
	r, err := db.One[checkpointRow](ctx, tx, `SELECT size, root, note, at FROM audit_checkpoint WHERE size = $1`, size)
	if errors.Is(err, db.ErrNotFound) {
		return Checkpoint{}, ErrUnknown
	}
	list := []Checkpoint{{Origin: l.origin, Size: r.Size, Root: r.Root, Note: r.Note, At: r.At}}
	if err == nil {
		err = l.Cosigned(ctx, tx, list)
	}
	return list[0], err
}

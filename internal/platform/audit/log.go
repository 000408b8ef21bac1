package audit

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the log's line of migrations.
var Schema = db.Schema{Name: "audit", FS: files}

// ErrUnknown is returned for what the log does not hold: a leaf, a tile, a size. The address of a tile that is written wrong counts as
// unknown too.
var ErrUnknown = errors.New("the log has no such thing")

// Params say how the log presents itself.
type Params struct {
	// Origin names the log in its checkpoints and is the name of its keys. It must never change once the log has leaves.
	Origin string
	// Log is told of what goes wrong while [Log.Run] runs; nil means slog's default.
	Log *slog.Logger
}

// Log is the transparency log. Safe for concurrent use, also by several processes on one database.
type Log struct {
	db      *db.DB
	origin  string
	signers []signer
	log     *slog.Logger
	every   time.Duration

	witnesses []Witness
	// between is called between the steps of sequencing, with the name of what was just done. Tests make it fail there.
	between func(step string) error
}

// New returns the log of a database whose checkpoints are signed by the keyring's log signers.
func New(d *db.DB, keys *sm.Keyring, p Params) (*Log, error) {
	if !validName(p.Origin) {
		return nil, fmt.Errorf("opening the log: %q can't be its origin: a word without spaces and + is needed", p.Origin)
	}
	l := &Log{db: d, origin: p.Origin, log: p.Log, every: time.Second, between: func(string) error { return nil }}
	if l.log == nil {
		l.log = slog.Default()
	}
	for _, name := range []string{sm.LogSignerEd25519, sm.LogSigner} {
		s, err := keys.Signer(name)
		if err != nil {
			return nil, fmt.Errorf("opening the log: %w", err)
		}
		key := Key{Name: p.Origin, Public: s.Public()}
		if _, err := key.encode(); err != nil {
			return nil, fmt.Errorf("opening the log: signer %s: %w", name, err)
		}
		l.signers = append(l.signers, signer{key, s})
	}
	return l, nil
}

// SetWitnesses says who is to cosign checkpoints. Call it before the log is used.
func (l *Log) SetWitnesses(list []Witness) { l.witnesses = list }

// Origin returns the log's name.
func (l *Log) Origin() string { return l.origin }

// Keys returns the public keys that sign the checkpoints, Ed25519 first.
func (l *Log) Keys() []Key {
	out := make([]Key, len(l.signers))
	for i, s := range l.signers {
		out[i] = s.key
	}
	return out
}

// Append adds an entry in the caller's transaction. It is visible to [Log.ByObject] and [Log.BySubject] as soon as that transaction
// is, and gets its position within a second or so of the commit.
func (l *Log) Append(ctx context.Context, tx *db.Tx, e Entry) error {
	if e.ID == "" {
		e.ID = db.NewKey()
	}
	if e.Withhold != nil {
		var err error
		if e.Data, err = e.Withhold.wrap(e.Data, tx.Now); err != nil {
			return err
		}
		if err := e.Withhold.keep(ctx, tx, e.ID); err != nil {
			return err
		}
	}
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return fmt.Errorf("appending %s to the log: drawing salt: %w", e.Kind, err)
	}
	leaf, data, err := newLeaf(e, tx, salt) // data is NULL without
	if err != nil {
		return err
	}
	return tx.Later(ctx, `INSERT INTO audit_inbox (id, kind, actor, office, subject, object, basis, at, data, salt, commitment)
VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		leaf.ID, leaf.Kind, leaf.Actor, leaf.Office, leaf.Subject, leaf.Object, leaf.Basis, leaf.At, data, leaf.Salt, commit(leaf))
}

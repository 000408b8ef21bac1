// Package once makes a request with an Idempotency-Key happen exactly once (draft-ietf-httpapi-idempotency-key-header).
//
// The answer is stored in the transaction that does the work: a crash keeps both or neither, a second request with the same key
// gets the first answer, and of two at the same moment one waits or fails and then finds the answer.
package once

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

//go:embed schema/*.sql
var schemaFS embed.FS

// Schema holds the table of answers.
var Schema = db.Schema{Name: "once", FS: schemaFS}

// Kept is how long an answer is remembered.
const Kept = 7 * 24 * time.Hour

// Params identify one request. Without a Key the work is simply done.
type Params struct {
	Actor  string // whose key it is: keys of two people never meet
	Key    string // the Idempotency-Key as sent, 1 to 200 bytes
	Digest string // of the request's body and address
}

// Do runs f in an Update and remembers its answer; replayed tells that the answer is the one given before. The same key with
// another digest is fault.Conflict "once.other_body". T must hold no personal data in clear: it is stored.
func Do[T any](ctx context.Context, d *db.DB, p Params, f func(tx *db.Tx) (T, error)) (answer T, replayed bool, err error) {
	if len(p.Key) > 200 {
		return answer, false, fault.New(fault.Invalid, "once.key_too_long", 200)
	}
	err = d.Update(ctx, func(tx *db.Tx) (err error) {
		if answer, err = f(tx); err != nil || p.Key == "" {
			return err
		}
		err = tx.Later(ctx, `INSERT INTO once_answer (actor, request_key, digest, answer, made_at) VALUES ($1, $2, $3, $4, $5)`,
			p.Actor, p.Key, p.Digest, db.JSON[T]{V: answer}, tx.Now)
		if err != nil {
			return fmt.Errorf("remembering the answer: %w", err)
		}
		return nil
	})
	if err == nil || p.Key == "" {
		return answer, false, err
	}
	// Whoever asks again finds his key taken, or what he asks for done and no longer possible: the answer is there. Asking for it first would cost
	// every request a read to spare the few that come twice the work.
	first, found, lost := before[T](ctx, d, p)
	switch {
	case lost != nil:
		return answer, false, lost
	case found:
		return first, true, nil
	}
	return answer, false, err
}

// before returns the answer a key got; fault.Conflict "once.other_body" when the request was another one.
func before[T any](ctx context.Context, d *db.DB, p Params) (answer T, found bool, err error) {
	type row struct{ Digest, Answer string }
	err = d.View(ctx, func(tx *db.Tx) error {
		r, err := db.One[row](ctx, tx, `SELECT digest, answer FROM once_answer WHERE actor = $1 AND request_key = $2`, p.Actor, p.Key)
		switch {
		case errors.Is(err, db.ErrNotFound):
			return nil
		case err != nil:
			return err
		case r.Digest != p.Digest:
			return fault.New(fault.Conflict, "once.other_body")
		}
		found = true
		return json.Unmarshal([]byte(r.Answer), &answer)
	})
	return answer, found, err
}

// Sweep forgets answers older than [Kept].
func Sweep(ctx context.Context, d *db.DB) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `DELETE FROM once_answer WHERE made_at < $1`, tx.Now.Add(-Kept))
	})
}

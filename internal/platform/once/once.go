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
	attempt := func() error {
		return d.Update(ctx, func(tx *db.Tx) (err error) {
			if p.Key == "" {
				answer, err = f(tx)
				return err
			}
			answer, replayed, err = in(ctx, tx, p, f)
			return err
		})
	}
	err = attempt()
	if p.Key != "" && db.IsUnique(err) {
		// The other request with this key committed first: its answer is there now.
		err = attempt()
	}
	return answer, replayed, err
}

func in[T any](ctx context.Context, tx *db.Tx, p Params, f func(tx *db.Tx) (T, error)) (answer T, replayed bool, err error) {
	type row struct{ Digest, Answer string }
	before, err := db.One[row](ctx, tx, `SELECT digest, answer FROM once_answer WHERE actor = $1 AND request_key = $2`, p.Actor, p.Key)
	switch {
	case err == nil && before.Digest != p.Digest:
		return answer, false, fault.New(fault.Conflict, "once.other_body")
	case err == nil:
		return answer, true, json.Unmarshal([]byte(before.Answer), &answer)
	case !errors.Is(err, db.ErrNotFound):
		return answer, false, err
	}
	if answer, err = f(tx); err != nil {
		return answer, false, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO once_answer (actor, request_key, digest, answer, made_at) VALUES ($1, $2, $3, $4, $5)`,
		p.Actor, p.Key, p.Digest, db.JSON[T]{V: answer}, tx.Now)
	if err != nil {
		return answer, false, fmt.Errorf("remembering the answer: %w", err)
	}
	return answer, false, nil
}

// Sweep forgets answers older than [Kept].
func Sweep(ctx context.Context, d *db.DB) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM once_answer WHERE made_at < $1`, tx.Now.Add(-Kept))
		return err
	})
}

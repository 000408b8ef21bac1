package audit

import (
	"context"
	"errors"
	"time"

	"xiangyun/internal/platform/db"
)

// kindErased is the leaf that every erasure leaves: how many leaves it emptied, not which, so that it links nobody to anything. Their
// sum is how [Log.Verify] tells an erasure from a salt that was deleted to hide something.
const kindErased = "log.erased"

type erased struct {
	Leaves int64 `json:"leaves"`
}

// Erase makes a person unlinkable to the log: of every leaf about the subject, waiting ones too, it removes salt, data and the identifiers
// of actor, subject and object; of leaves about nobody in which it acted, salt, data and the actor. Kind, office, time, basis and
// commitment stay, and the tree verifies as before. It returns how many leaves lost their content now.
//
// A leaf about another subject stays as it is, the actor's identifier too: it is that one's evidence, and opens for nobody once a part is gone.
//
// A subject is known by its own id and, as an object, by "subject:ID" and "account:ID"; a person's account is erased by calling it
// with the account's id too, for the leaves of a sign-in name nothing else.
func (l *Log) Erase(ctx context.Context, tx *db.Tx, subject string) (int64, error) {
	if subject == "" {
		return 0, nil
	}
	var total int64
	args := names(subject)
	// The inbox comes first: a leaf the sequencer is just moving is then found in audit_leaf, whose statements begin after that commit.
	for _, e := range erasures {
		n, err := tx.Exec(ctx, e.statement, args[:e.binds]...)
		if err != nil {
			return 0, err
		}
		if e.counts {
			total += n
		}
	}
	if total == 0 {
		return 0, nil
	}
	return total, l.Append(ctx, tx, Entry{Kind: kindErased, Actor: "system:log", Object: "log", Basis: "《个人信息保护法》第四十七条", Data: erased{total}})
}

// Last returns when the newest leaf was written that [Log.Erase] would empty; the zero time when there is none.
func (l *Log) Last(ctx context.Context, tx *db.Tx, subject string) (last time.Time, err error) {
	if subject == "" {
		return last, nil
	}
	// The inbox comes first, as in Erase.
	for _, table := range []string{"audit_inbox", "audit_leaf"} {
		at, err := db.One[time.Time](ctx, tx, `SELECT at FROM `+table+` WHERE `+touched+` ORDER BY at DESC LIMIT 1`, names(subject)...)
		if errors.Is(err, db.ErrNotFound) {
			continue
		}
		if err != nil {
			return last, err
		}
		if at.After(last) {
			last = at
		}
	}
	return last, nil
}

// names are what a subject is called in the log.
func names(subject string) []any { return []any{subject, "subject:" + subject, "account:" + subject} }

// touched is the condition on leaves that are about somebody, or about nobody and name him. The terms with <> let both engines use the partial indexes.
const touched = `(subject = $1 AND subject <> '' OR actor = $1 AND actor <> '' AND subject = '' OR object IN ($2,$3) AND object <> '' AND subject = '')`

// erasures are the statements of an erasure, in their order.
var erasures = []struct {
	statement string
	binds     int
	counts    bool
}{
	{`UPDATE audit_inbox SET data = NULL, salt = NULL WHERE ` + touched + ` AND salt IS NOT NULL`, 3, true},
	{`UPDATE audit_inbox SET actor = '' WHERE actor = $1 AND actor <> '' AND subject = ''`, 1, false},
	{`UPDATE audit_inbox SET actor = '', subject = '', object = '' WHERE ` + touched, 3, false},
	{`UPDATE audit_leaf SET data = NULL, salt = NULL WHERE ` + touched + ` AND salt IS NOT NULL`, 3, true},
	{`UPDATE audit_leaf SET actor = '' WHERE actor = $1 AND actor <> '' AND subject = ''`, 1, false},
	{`UPDATE audit_leaf SET actor = '', subject = '', object = '' WHERE ` + touched, 3, false},
}

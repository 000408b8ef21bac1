package audit

import (
	"context"

	"xiangyun/internal/platform/db"
)

// kindErased is the leaf that every erasure leaves: how many leaves it emptied, not which, so that it links nobody to anything. Their
// sum is how [Log.Verify] tells an erasure from a salt that was deleted to hide something.
const kindErased = "log.erased"

type erased struct {
	Leaves int64 `json:"leaves"`
}

// Erase makes a person unlinkable to the log: of every leaf about the subject, waiting ones too, it removes salt, data and the identifiers
// of actor, subject and object; of leaves about others in which it acted, salt, data and the actor. Kind, office, time, basis and
// commitment stay, and the tree verifies as before. It returns how many leaves lost their content now.
//
// A subject is known by its own id and, as an object, by "subject:ID" and "account:ID"; erase a person's account by calling it with the
// account's id too.
func (l *Log) Erase(ctx context.Context, tx *db.Tx, subject string) (int64, error) {
	if subject == "" {
		return 0, nil
	}
	var total int64
	args := []any{subject, "subject:" + subject, "account:" + subject}
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

// erasures are the statements of an erasure, in their order. The terms with <> let both engines use the partial indexes.
var erasures = []struct {
	statement string
	binds     int
	counts    bool
}{
	{`UPDATE audit_inbox SET data = NULL, salt = NULL WHERE (subject = $1 OR actor = $1 OR object IN ($2,$3)) AND salt IS NOT NULL`, 3, true},
	{`UPDATE audit_inbox SET actor = '', subject = '', object = '' WHERE subject = $1 OR object IN ($2,$3)`, 3, false},
	{`UPDATE audit_inbox SET actor = '' WHERE actor = $1`, 1, false},
	{`UPDATE audit_leaf SET data = NULL, salt = NULL
WHERE (subject = $1 AND subject <> '' OR actor = $1 AND actor <> '' OR object IN ($2,$3) AND object <> '') AND salt IS NOT NULL`, 3, true},
	{`UPDATE audit_leaf SET actor = '', subject = '', object = '' WHERE subject = $1 AND subject <> '' OR object IN ($2,$3) AND object <> ''`, 3, false},
	{`UPDATE audit_leaf SET actor = '' WHERE actor = $1 AND actor <> ''`, 1, false},
}

package audit

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/platform/db"
)

// row is a leaf as both tables have it.
type row struct {
	Position   int64
	ID         string
	Kind       string
	Actor      string
	Office     string
	Subject    string
	Object     string
	Basis      string
	At         time.Time
	Data       string
	Salt       []byte
	Commitment []byte
}

const columns = `id, kind, actor, office, subject, object, basis, at, data, salt, commitment`

func (r row) leaf() Leaf {
	l := Leaf{Position: r.Position, ID: r.ID, Kind: r.Kind, Actor: r.Actor, Office: r.Office, Subject: r.Subject, Object: r.Object, Basis: r.Basis,
		At: r.At, Erased: len(r.Salt) == 0, Commitment: r.Commitment, Salt: r.Salt}
	if r.Data != "" {
		l.Data = json.RawMessage(r.Data)
	}
	return l
}

func leavesOf(rows []row) []Leaf {
	out := make([]Leaf, len(rows))
	for i, r := range rows {
		out[i] = r.leaf()
	}
	return out
}

// Query narrows [Log.Search]; an empty field asks for nothing.
type Query struct {
	Kind, Actor, Object, Subject string

	Kinds []string // any of these
}

// ByObject returns what happened to a thing, the oldest leaf first, after the leaf with the id after. Waiting leaves are among them.
func (l *Log) ByObject(ctx context.Context, tx *db.Tx, object, after string, limit int) ([]Leaf, error) {
	if object == "" {
		return nil, nil
	}
	return l.list(ctx, tx, Query{Object: object}, keyset{">", after, "ASC", limit})
}

// BySubject returns what touched a person's or company's data or right, the newest leaf first, before the leaf with the id before. Waiting
// leaves are among them.
func (l *Log) BySubject(ctx context.Context, tx *db.Tx, subject, before string, limit int) ([]Leaf, error) {
	if subject == "" {
		return nil, nil // nobody's data is not everybody's
	}
	return l.list(ctx, tx, Query{Subject: subject}, keyset{"<", before, "DESC", limit})
}

// Search returns the leaves that fit, the newest first, before the leaf with the id before.
func (l *Log) Search(ctx context.Context, tx *db.Tx, q Query, before string, limit int) ([]Leaf, error) {
	return l.list(ctx, tx, q, keyset{"<", before, "DESC", limit})
}

// At returns the leaf at a position; ErrUnknown when the tree does not reach it.
func (l *Log) At(ctx context.Context, tx *db.Tx, position int64) (Leaf, error) {
	r, err := db.One[row](ctx, tx, `SELECT position, `+columns+` FROM audit_leaf WHERE position = $1`, position)
	if errors.Is(err, db.ErrNotFound) {
		return Leaf{}, ErrUnknown
	}
	return r.leaf(), err
}

type keyset struct {
	compare string
	from    string
	order   string
	limit   int
}

// list reads both tables in one statement, so that a leaf that is just being moved is seen once.
func (l *Log) list(ctx context.Context, tx *db.Tx, q Query, k keyset) ([]Leaf, error) {
	var where []string
	var args []any
	bind := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	for _, f := range []struct{ column, value string }{{"kind", q.Kind}, {"actor", q.Actor}, {"object", q.Object}, {"subject", q.Subject}} {
		if f.value != "" {
			// The second term lets both engines use the partial index.
			where = append(where, f.column+" = "+bind(f.value)+" AND "+f.column+" <> ''")
		}
	}
	if len(q.Kinds) > 0 {
		where = append(where, "kind IN ("+db.In(len(q.Kinds), len(args)+1)+")")
		for _, kind := range q.Kinds {
			bind(kind)
		}
	}
	if k.from != "" {
		where = append(where, "id "+k.compare+" "+bind(k.from))
	}
	condition := ""
	if len(where) > 0 {
		condition = " WHERE " + strings.Join(where, " AND ")
	}
	rows, err := db.All[row](ctx, tx, `SELECT position, `+columns+` FROM audit_leaf`+condition+`
UNION ALL SELECT -1 AS position, `+columns+` FROM audit_inbox`+condition+`
ORDER BY id `+k.order+` LIMIT `+bind(k.limit), args...)
	return leavesOf(rows), err
}

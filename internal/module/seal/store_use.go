package seal

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
)

// useRow is a use as it rests.
type useRow struct {
	ID         string
	SealID     string
	EsID       string
	Business   BusinessKind
	BusinessID string
	Digest     string
	Property   string
	Client     string
	UsedBy     string
	State      string
	PreparedAt time.Time
	AffixedAt  time.Time
	ToSign     []byte // empty once it is affixed
	Signature  []byte // as it rests, see lean
	SealAt     int64
}

// lean makes a use that is affixed under the seal ready to rest: tens of kilobytes of seal are not kept again with each of millions of uses.
func (u *useRow) lean(seal []byte) {
	u.ToSign = []byte{}
	if at := bytes.Index(u.Signature, seal); at > 0 {
		u.Signature, u.SealAt = slices.Concat(u.Signature[:at], u.Signature[at+len(seal):]), int64(at)
	}
}

// whole takes back what lean did.
func (u useRow) whole(ctx context.Context, tx *db.Tx) (useRow, error) {
	if u.SealAt == 0 {
		return u, nil
	}
	seal, err := db.One[[]byte](ctx, tx, `SELECT whole FROM seal_seal WHERE es_id = $1`, u.EsID)
	if err != nil {
		return u, fmt.Errorf("reading the seal of a use: %w", err)
	}
	u.Signature = slices.Concat(u.Signature[:u.SealAt], seal, u.Signature[u.SealAt:])
	return u, nil
}

func (u useRow) affixed() Affixed {
	return Affixed{ID: u.ID, EsID: u.EsID, Signature: u.Signature, At: u.AffixedAt}
}

const selectUse = `SELECT id, seal_id, es_id, business, business_id, digest, property, client, used_by, state, prepared_at, affixed_at, to_sign, signature, seal_at FROM seal_use WHERE `

func useByID(ctx context.Context, tx *db.Tx, id string) (useRow, error) {
	u, err := db.One[useRow](ctx, tx, selectUse+`id = $1`, id)
	if err != nil {
		return u, err
	}
	return u.whole(ctx, tx)
}

func useOf(ctx context.Context, tx *db.Tx, u Use, digest string) (useRow, error) {
	out, err := db.One[useRow](ctx, tx, selectUse+`seal_id = $1 AND business = $2 AND business_id = $3 AND digest = $4 AND property = $5`,
		u.Seal, string(u.Business), u.BusinessID, digest, u.Property)
	if err != nil {
		return out, err
	}
	return out.whole(ctx, tx)
}

// putUse stores what will be signed, and returns the use as it stands: a use that grew old or was stopped is prepared anew, one that another has just
// prepared or affixed is left as it is.
func putUse(ctx context.Context, tx *db.Tx, by actor.Actor, r *row, u Use, digest string, toSign []byte) (useRow, error) {
	_, err := tx.Exec(ctx, `INSERT INTO seal_use (id, seal_id, es_id, business, business_id, digest, property, client, used_by, state, prepared_at, to_sign)
VALUES (`+db.In(9, 1)+`, 'prepared', $10, $11) ON CONFLICT (seal_id, business, business_id, digest, property) DO UPDATE SET es_id = excluded.es_id,
client = excluded.client, used_by = excluded.used_by, state = 'prepared', prepared_at = excluded.prepared_at, to_sign = excluded.to_sign, affixed_at = NULL
WHERE seal_use.state = 'stopped' OR seal_use.state = 'prepared' AND seal_use.prepared_at <= $12`, db.NewKey(), r.ID, r.EsID, string(u.Business), u.BusinessID, digest, u.Property, u.Client, person(by), tx.Now, toSign, tx.Now.Add(-freshFor))
	if err != nil {
		return useRow{}, fmt.Errorf("storing a use: %w", err)
	}
	return useOf(ctx, tx, u, digest)
}

// usesOf reads the log of a seal's uses, newest first, one row more than the page holds, with their signatures as they rest.
func usesOf(ctx context.Context, tx *db.Tx, id ID, after string, limit int) ([]useRow, error) {
	args, where := []any{id}, ``
	if after != "" {
		args, where = append(args, after), ` AND id < $2`
	}
	args = append(args, limit+1)
	return db.All[useRow](ctx, tx, selectUse+`seal_id = $1`+where+fmt.Sprintf(` ORDER BY id DESC LIMIT $%d`, len(args)), args...)
}

// requestRow is an application for use as it rests.
type requestRow struct {
	ID      string
	SealID  string
	Digest  string
	Title   []byte
	Reason  []byte
	State   string
	AskedBy string
	Asker   string
	AskedAt time.Time
}

const selectRequest = `SELECT q.id, q.seal_id, q.digest, q.title, q.reason, q.state, q.asked_by, q.asker, q.asked_at FROM seal_request q WHERE `

func requestOf(ctx context.Context, tx *db.Tx, id string) (requestRow, error) {
	return db.One[requestRow](ctx, tx, selectRequest+`q.id = $1`, id)
}

// hexSum is the SM3 of what the log names by its digest.
func hexSum(b []byte) string {
	sum := sm.Sum(b)
	return hex.EncodeToString(sum[:])
}

package audit

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"xiangyun/internal/platform/db"
)

// Enter adds many entries in the caller's transaction and gives them their places in the tree at once, past the inbox: each row is written once
// instead of three times. It moves the log's turn, and holds it until the transaction ends: other sequencers wait for that, whoever appends does not. Call
// it last, and for batches only. The next [Log.Sequence] signs what the tree has become; until then the leaves are as good as waiting ones.
func (l *Log) Enter(ctx context.Context, tx *db.Tx, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	salts := make([]byte, len(entries)*saltSize)
	if _, err := rand.Read(salts); err != nil {
		return fmt.Errorf("entering into the log: drawing salt: %w", err)
	}
	rows, hashes := make([][]any, len(entries)), make([][]byte, len(entries))
	for i, e := range entries {
		if e.Withhold != nil {
			return errors.New("entering into the log: a withheld entry is appended by itself")
		}
		leaf, data, err := newLeaf(e, tx, salts[i*saltSize:(i+1)*saltSize:(i+1)*saltSize])
		if err != nil {
			return err
		}
		commitment := commit(leaf)
		hashes[i] = LeafHash(commitment)
		rows[i] = []any{int64(0), leaf.ID, leaf.Kind, leaf.Actor, leaf.Office, leaf.Subject, leaf.Object, leaf.Basis, leaf.At, data, leaf.Salt, commitment}
	}
	// Everything that can be computed was: from here on the log is held.
	size, err := db.One[int64](ctx, tx, `UPDATE audit_tree SET turn = turn + 1, size = size + $1 WHERE id = 1 RETURNING size`, len(rows))
	if err != nil {
		return fmt.Errorf("taking the log's turn: %w", err)
	}
	size -= int64(len(rows))
	for i := range rows {
		rows[i][0] = size + int64(i)
	}
	changed, err := tilesOf(tx).grow(ctx, size, hashes)
	if err != nil {
		return err
	}
	if err := upsertTiles(ctx, tx, changed); err != nil {
		return err
	}
	return tx.Bulk(ctx, "audit_leaf", leafColumns, rows)
}

var leafColumns = []string{"position", "id", "kind", "actor", "office", "subject", "object", "basis", "at", "data", "salt", "commitment"}

// newLeaf makes a leaf of an entry, and its data as they are stored.
func newLeaf(e Entry, tx *db.Tx, salt []byte) (leaf Leaf, data any, err error) {
	if e.Kind == "" {
		return leaf, nil, errors.New("appending to the log: an entry without kind")
	}
	if e.ID == "" {
		e.ID = db.NewKey()
	}
	leaf = Leaf{ID: e.ID, Kind: e.Kind, Actor: e.Actor, Office: e.Office, Subject: e.Subject, Object: e.Object, Basis: e.Basis, At: tx.Now, Salt: salt}
	if e.Data == nil {
		return leaf, nil, nil
	}
	text, err := json.Marshal(e.Data)
	if err != nil {
		return leaf, nil, fmt.Errorf("appending %s to the log: %w", e.Kind, err)
	}
	leaf.Data = text
	return leaf, string(text), nil
}

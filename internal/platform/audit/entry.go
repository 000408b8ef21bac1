package audit

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"xiangyun/internal/platform/sm"
)

// Entry is what one leaf says. It is salted and hashed, so it can be erased later without breaking the tree.
type Entry struct {
	ID      string // a key of [db.NewKey] made before, when something else must name the leaf; "" makes one
	Kind    string // "case.accepted"; described in docs/audit-events.md
	Actor   string // account id, or system:NAME
	Office  string // office path of the actor, when at work
	Subject string // id of the person or company whose data or right it touches
	Object  string // "case:NUMBER", "cert:IDENTIFIER"
	Basis   string // law or purpose
	Data    any    // JSON; never a personal number in clear

	Withhold *Withholding // nil for all but secret readings: the subject learns what it says later
}

// Leaf is an entry in the log.
type Leaf struct {
	Position   int64 // in the tree, from 0; Waiting while it has none
	ID         string
	Kind       string
	Actor      string
	Office     string
	Subject    string
	Object     string
	Basis      string
	At         time.Time
	Data       json.RawMessage // nil without
	Erased     bool            // salt, data and identifiers are gone; only the commitment is left of what it said
	Commitment []byte
	Salt       []byte // opens the commitment: for the subject and the auditor only; nil when erased
}

// Waiting is the position of a leaf that the sequencer has not numbered yet.
const Waiting int64 = -1

const saltSize = 32

// encoding names the canonical encoding, so that another one could never be read as this.
const encoding = "xiangyun.audit.1"

// encode writes a leaf's entry in its canonical form: the name of the encoding, then id, kind, actor, office, subject, object, basis,
// the instant in milliseconds since 1970 as a decimal, and the JSON of data, each after its length as four bytes, big-endian.
// Data that is absent has length 0, which no JSON has.
func encode(l Leaf) []byte {
	fields := []string{encoding, l.ID, l.Kind, l.Actor, l.Office, l.Subject, l.Object, l.Basis, fmt.Sprint(l.At.UnixMilli()), string(l.Data)}
	size := 0
	for _, f := range fields {
		size += 4 + len(f)
	}
	out := make([]byte, 0, size)
	for _, f := range fields {
		out = binary.BigEndian.AppendUint32(out, uint32(len(f)))
		out = append(out, f...)
	}
	return out
}

// Opens tells whether a leaf's content is what its commitment was made from. It is false for an erased leaf, which says nothing.
func (l Leaf) Opens() bool {
	return len(l.Salt) > 0 && string(commit(l)) == string(l.Commitment)
}

func commit(l Leaf) []byte {
	h := sm.Hash()
	h.Write(l.Salt)
	h.Write(encode(l))
	return h.Sum(nil)
}

package ses

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// Bounds of what is read. A seal is a picture and some certificates; anything larger is no seal.
const (
	maxSize       = 4 << 20
	maxText       = 1024
	maxCerts      = 64
	maxExtensions = 64
)

// ErrFormat says that bytes are not the DER of a seal or signature; the wrapping error tells where they stop being it.
var ErrFormat = errors.New("not the DER of an electronic seal")

// sm2WithSM3 is the one algorithm of signatures (GB/T 33560).
var sm2WithSM3 = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 501}

var explicit0 = tag.Tag(0).ContextSpecific().Constructed()

// reader takes fields off DER. It remembers the first failure, after which every field is empty: a parser reads like the grammar and asks once.
type reader struct {
	rest  cryptobyte.String
	where string // the first field that failed
}

func (r *reader) fail(where string) {
	if r.where == "" {
		r.where = where
	}
	r.rest = nil
}

func (r *reader) ok(good bool, where string) {
	if !good {
		r.fail(where)
	}
}

// err returns the first failure, or that something follows the last field.
func (r *reader) err(what string) error {
	if r.where == "" && len(r.rest) > 0 {
		r.where = "end"
	}
	if r.where != "" {
		return fmt.Errorf("reading %s at %s: %w", what, r.where, ErrFormat)
	}
	return nil
}

// sequence takes a SEQUENCE and returns a reader of its inside and its whole DER.
func (r *reader) sequence(where string) (*reader, []byte) {
	var whole, inside cryptobyte.String
	whole = r.element(tag.SEQUENCE, where)
	if r.where != "" {
		return &reader{where: r.where}, nil
	}
	rest := whole
	r.ok(rest.ReadASN1(&inside, tag.SEQUENCE), where)
	return &reader{rest: inside, where: r.where}, whole
}

// close ends a reader that sequence returned.
func (r *reader) close(inner *reader, where string) {
	if inner.where != "" {
		r.fail(where + "." + inner.where)
	} else if len(inner.rest) > 0 {
		r.fail(where + ".end")
	}
}

func (r *reader) element(t tag.Tag, where string) cryptobyte.String {
	var out cryptobyte.String
	r.ok(r.rest.ReadASN1Element(&out, t), where)
	return out
}

func (r *reader) text(t tag.Tag, where string) string {
	var out cryptobyte.String
	r.ok(r.rest.ReadASN1(&out, t) && len(out) <= maxText && printable(out, t), where)
	return string(out)
}

// octets takes an OCTET STRING, which may not be empty.
func (r *reader) octets(where string) []byte {
	var out cryptobyte.String
	r.ok(r.rest.ReadASN1(&out, tag.OCTET_STRING) && len(out) > 0, where)
	return out
}

// bits takes a BIT STRING of whole bytes, which may not be empty.
func (r *reader) bits(where string) []byte {
	var out []byte
	r.ok(r.rest.ReadASN1BitStringAsBytes(&out) && len(out) > 0, where)
	return out
}

// number takes an INTEGER from 0 to limit.
func (r *reader) number(limit int64, where string) int {
	var n int64
	r.ok(r.rest.ReadASN1Integer(&n) && n >= 0 && n <= limit, where)
	return int(n)
}

func (r *reader) oid(where string) asn1.ObjectIdentifier {
	var out asn1.ObjectIdentifier
	r.ok(r.rest.ReadASN1ObjectIdentifier(&out), where)
	return out
}

func (r *reader) algorithm(where string) { r.ok(r.oid(where).Equal(sm2WithSM3), where) }

// instant takes a time in UTC, whole seconds: GeneralizedTime, in V1 UTCTime too.
func (r *reader) instant(v Version, where string) time.Time {
	var out time.Time
	if v == V1 && r.rest.PeekASN1Tag(tag.UTCTime) {
		r.ok(r.rest.ReadASN1UTCTime(&out) && out.Location() == time.UTC, where)
	} else {
		r.ok(r.rest.ReadASN1GeneralizedTime(&out) && out.Location() == time.UTC, where)
	}
	return out
}

// taggedBits takes a BIT STRING behind [0] EXPLICIT, nil when there is none.
func (r *reader) taggedBits(where string) []byte {
	if len(r.rest) == 0 {
		return nil
	}
	var inside cryptobyte.String
	r.ok(r.rest.ReadASN1(&inside, explicit0), where)
	inner := &reader{rest: inside, where: r.where}
	out := inner.bits(where)
	r.close(inner, where)
	return out
}

// printable tells whether text is what its type allows: no control characters that a page or a log would trip over.
func printable(text []byte, t tag.Tag) bool {
	for _, b := range text {
		if b < 0x20 || b == 0x7f || b > 0x7f && t != tag.UTF8String {
			return false
		}
	}
	return t != tag.UTF8String || utf8.Valid(text)
}

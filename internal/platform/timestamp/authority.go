package timestamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"xiangyun/internal/platform/sm"
)

// The media types of RFC 3161 over HTTP.
const (
	queryType = "application/timestamp-query"
	replyType = "application/timestamp-reply"
)

const maxQuery = 8 << 10

// TimestampingOnly is the extension that a certificate of an authority must have: this purpose, no other, critical (RFC 3161, 2.3).
var TimestampingOnly = pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
	Value: []byte{0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 8}}

// Authority answers requests for timestamps with the computer's time. It is for trying out and tests.
type Authority struct {
	cert  *sm.Certificate
	key   crypto.Signer
	clock func() time.Time
}

// NewAuthority returns the authority of a certificate for timestamps and its key, SM2 or ECDSA on P-256.
func NewAuthority(cert *sm.Certificate, key crypto.Signer, clock func() time.Time) *Authority {
	return &Authority{cert: cert, key: key, clock: clock}
}

func (a *Authority) family() family {
	if _, err := sm.PublicBytes(a.cert.PublicKey); err == nil {
		return families[0]
	}
	return families[1]
}

// Timestamp returns a token over bytes, without a network. It meets the same need as [Client.Timestamp].
func (a *Authority) Timestamp(_ context.Context, over []byte) ([]byte, error) {
	f := a.family()
	serial, err := sm.Serial()
	if err != nil {
		return nil, err
	}
	return token(f, info{policy: oidPolicy, digest: f.digest, imprint: f.sum(over), serial: serial, at: a.clock()}, a.cert, a.key)
}

// Answer returns the reply to a request in DER; a request it does not take gets a reply that says so.
func (a *Authority) Answer(query []byte) ([]byte, error) {
	i, ok := readQuery(query)
	if f, known := byDigest(i.digest); !ok || !known || len(i.imprint) != len(f.sum(nil)) {
		return rejection, nil
	}
	var err error
	if i.serial, err = sm.Serial(); err != nil {
		return nil, err
	}
	i.policy, i.at = oidPolicy, a.clock()
	der, err := token(a.family(), i, a.cert, a.key)
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(0) })
		b.AddBytes(der)
	})
	return b.Bytes()
}

// rejection is the reply PKIStatus 2.
var rejection = []byte{0x30, 5, 0x30, 3, 2, 1, 2}

// ServeHTTP answers RFC 3161 requests by POST.
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuery))
	if err != nil || r.Header.Get("Content-Type") != queryType {
		http.Error(w, "an "+queryType+" is expected", http.StatusUnsupportedMediaType)
		return
	}
	reply, err := a.Answer(query)
	if err != nil {
		http.Error(w, "no timestamp can be made now", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", replyType)
	_, _ = w.Write(reply) // the asker has gone: nothing to tell him
}

func readQuery(query []byte) (i info, ok bool) {
	var in, imprint cryptobyte.String
	var version int
	whole := cryptobyte.String(query)
	if !whole.ReadASN1(&in, tag.SEQUENCE) || !whole.Empty() || !in.ReadASN1Integer(&version) || version != 1 || !in.ReadASN1(&imprint, tag.SEQUENCE) {
		return i, false
	}
	if i.digest, ok = readAlgorithm(&imprint); !ok || !imprint.ReadASN1Bytes(&i.imprint, tag.OCTET_STRING) || !imprint.Empty() {
		return i, false
	}
	var policy asn1.ObjectIdentifier
	if in.PeekASN1Tag(tag.OBJECT_IDENTIFIER) && (!in.ReadASN1ObjectIdentifier(&policy) || !policy.Equal(oidPolicy)) {
		return i, false
	}
	if in.PeekASN1Tag(tag.INTEGER) {
		i.nonce = new(big.Int)
		if !in.ReadASN1Integer(i.nonce) {
			return i, false
		}
	}
	return i, in.SkipOptionalASN1(tag.BOOLEAN) && in.Empty() // certReq: the certificate is always there; extensions are not taken
}

// Client asks an authority outside.
type Client struct {
	URL   string
	Roots *sm.Pool     // whom it believes
	HTTP  *http.Client // with a timeout
}

// Timestamp returns a verified token over bytes.
func (c *Client) Timestamp(ctx context.Context, over []byte) ([]byte, error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, fmt.Errorf("drawing nonce: %w", err)
	}
	f := families[0]
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(query(f, f.sum(over), nonce)))
	if err != nil {
		return nil, fmt.Errorf("asking for a timestamp: %w", err)
	}
	req.Header.Set("Content-Type", queryType)
	res, err := c.HTTP.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking for a timestamp: %w", err)
	}
	reply, err := io.ReadAll(io.LimitReader(res.Body, maxToken))
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return nil, fmt.Errorf("reading the timestamp: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("asking for a timestamp: status %d", res.StatusCode)
	}
	return c.accept(reply, f.sum(over), nonce)
}

func query(f family, imprint []byte, nonce *big.Int) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			algorithm(b, f.digest)
			b.AddASN1OctetString(imprint)
		})
		b.AddASN1BigInt(nonce)
		b.AddASN1Boolean(true)
	})
	return b.BytesOrPanic()
}

// accept takes the token out of a reply and checks that it answers this question.
func (c *Client) accept(reply, imprint []byte, nonce *big.Int) ([]byte, error) {
	var in, status, der cryptobyte.String
	var granted int
	whole := cryptobyte.String(reply)
	if !whole.ReadASN1(&in, tag.SEQUENCE) || !whole.Empty() || !in.ReadASN1(&status, tag.SEQUENCE) || !status.ReadASN1Integer(&granted) {
		return nil, fmt.Errorf("reading the reply: %w", ErrToken)
	}
	if granted > 1 {
		return nil, fmt.Errorf("the authority refuses with status %d: %w", granted, ErrToken)
	}
	if !in.ReadASN1Element(&der, tag.SEQUENCE) || !in.Empty() {
		return nil, fmt.Errorf("reading the reply: %w", ErrToken)
	}
	i, err := read(der, c.Roots)
	if err != nil {
		return nil, err
	}
	if i.nonce == nil || i.nonce.Cmp(nonce) != 0 || !bytes.Equal(i.imprint, imprint) {
		return nil, fmt.Errorf("the reply is to another question: %w", ErrToken)
	}
	return der, nil
}

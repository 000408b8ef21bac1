package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"xiangyun/internal/platform/audit"
)

// errErased is the server's answer that what was asked for was erased by law.
var errErased = errors.New("it was erased")

// Opening is the leaf of an issued thing with all that proves it, as the log's server gives it to whoever holds the thing itself.
type Opening struct {
	Position   *int64          `json:"position"` // nil while the leaf waits for its number
	ID         string          `json:"id"`
	Kind       string          `json:"kind"`
	Actor      string          `json:"actor"`
	Office     string          `json:"office"`
	Subject    string          `json:"subject"`
	Object     string          `json:"object"`
	Basis      string          `json:"basis"`
	AtMilli    int64           `json:"at_milli"`
	Data       json.RawMessage `json:"data"`
	Salt       []byte          `json:"salt"`
	Commitment []byte          `json:"commitment"`
	Proof      [][]byte        `json:"proof"`
	Checkpoint string          `json:"checkpoint"`
}

// leaf is the leaf as the log committed to it.
func (o Opening) leaf() audit.Leaf {
	l := audit.Leaf{ID: o.ID, Kind: o.Kind, Actor: o.Actor, Office: o.Office, Subject: o.Subject, Object: o.Object, Basis: o.Basis, At: time.UnixMilli(o.AtMilli).UTC(),
		Data: o.Data, Salt: o.Salt, Commitment: o.Commitment}
	if string(o.Data) == "null" {
		l.Data = nil
	}
	return l
}

// integration is how long a leaf may wait for its number.
const integration = time.Minute

// CertificateKey fetches the public key of certificates that the server shows, in PEM.
func (m *Monitor) CertificateKey(ctx context.Context) ([]byte, error) {
	body, err := m.get(ctx, "/certificate-key")
	if errors.Is(err, errAbsent) {
		err = fmt.Errorf("%w: it shows no key of certificates", ErrUnreachable)
	}
	return body, err
}

// Logged checks that the issuing of a certificate is in the log: the leaf names the digest of its record, opens its commitment and is in a signed
// tree. Call it for a certificate whose own signature is good, after [Monitor.Look] with the state that returned.
func (m *Monitor) Logged(ctx context.Context, s State, identifier, record string, now time.Time) (r Report, err error) {
	r = Report{Witnessed: -1, Notes: []string{}, Frauds: []Fraud{}}
	keys := m.Keys
	if len(keys) == 0 {
		if keys, err = s.keys(); err != nil {
			return r, err
		}
	}
	body, err := m.get(ctx, "/certificates/"+url.PathEscape(identifier)+"?record="+url.QueryEscape(record))
	switch {
	case errors.Is(err, errAbsent):
		r.fraud(Unlogged, nil, "The certificate %s is signed, but the log does not know that it was issued. Do not accept it.", identifier)
		return r, nil
	case errors.Is(err, errErased):
		r.Notes = append(r.Notes, "The register says that the certificate "+identifier+" has ended and was erased at its holder's request. It is not in force.")
		return r, nil
	case err != nil:
		return r, err
	}
	var o Opening
	if err := json.Unmarshal(body, &o); err != nil {
		return r, fmt.Errorf("%w: its answer can't be read: %w", ErrUnreachable, err)
	}
	var data struct {
		Record string `json:"record"`
	}
	l := o.leaf()
	if !l.Opens() || l.Kind != "cert.issued" || l.Object != "cert:"+identifier || json.Unmarshal(l.Data, &data) != nil || data.Record != record {
		r.fraud(Unlogged, nil, "What the log shows as the issuing of the certificate %s is not it. Do not accept it.", identifier)
		return r, nil
	}
	if o.Position == nil || o.Checkpoint == "" {
		if now.Sub(l.At) > integration {
			r.fraud(Unlogged, nil, "The certificate %s was issued more than a minute ago and is still not in the log. Do not accept it yet.", identifier)
			return r, nil
		}
		r.Notes = append(r.Notes, "The certificate was issued this moment; ask again in a minute.")
		return r, nil
	}
	c, err := audit.VerifyCheckpoint(o.Checkpoint, keys)
	if err == nil {
		err = audit.VerifyInclusion(o.Commitment, *o.Position, c.Size, o.Proof, c.Root)
	}
	if err != nil {
		r.fraud(Unlogged, []string{o.Checkpoint}, "The proof that the issuing of the certificate %s is in the log does not hold: %v. Do not accept it.", identifier, err)
		return r, nil
	}
	if c.Size == s.Size {
		if seen, err := audit.VerifyCheckpoint(s.Note, keys); err == nil && string(seen.Root) != string(c.Root) {
			r.fraud(Split, []string{s.Note, c.Note}, "The log signed two different trees of %d leaves: the certificate is in one, the other is shown to you.", c.Size)
		}
	}
	r.Origin, r.Size, r.Root = c.Origin, c.Size, c.Root
	r.Notes = append(r.Notes, fmt.Sprintf("The issuing of the certificate %s is leaf %d of the log.", identifier, *o.Position))
	return r, nil
}

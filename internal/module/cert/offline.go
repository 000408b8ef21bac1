package cert

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sm"
)

// OfflineCode is a code that is checked without a network (离线码): what it shows is in it, signed with Ed25519, see docs/decisions/0016-offline-codes.md.
//
//	XY1.base64url(payload).base64url(signature)
//
// Its serial is on the list of those that no longer hold once its holder recalls it, or its certificate ends. Who checks without a network knows of these only
// what the list at hand knows.
type OfflineCode struct {
	Text    string // what stands after the # of Link
	Link    string // what the code to scan holds: it opens the page that needs no network
	Expires time.Time
}

// The bounds of offline codes.
const (
	MostOfflineDays = 7
	mostOffline     = 20 // codes of one certificate that hold at a time
	offlineMax      = 900
)

const (
	offlineMark = "XY1."
	// What is signed begins with what it is, so that no signature over the one passes for the other.
	offlineDomain = "xiangyun offline code 1\n"
	listDomain    = "xiangyun offline list 1\n"
)

// Offline is what a code says. Its JSON is an array, for it must fit into a picture: see the order in [Offline.payload].
type Offline struct {
	Serial     [8]byte
	Made       time.Time // to the minute
	Expires    time.Time
	Name       string
	Holder     string
	Number     string // "" where the type keeps it from strangers
	Issuer     string
	ValidUntil civil.Date
	Lines      []Line // those a stranger may read, as far as they fit; Key is not carried
}

func (o Offline) payload() ([]byte, error) {
	lines := make([][2]string, len(o.Lines))
	for i, l := range o.Lines {
		lines[i] = [2]string{l.Label, l.Value}
	}
	return json.Marshal([]any{base64.RawURLEncoding.EncodeToString(o.Serial[:]), o.Made.Unix() / 60, o.Expires.Unix() / 60, o.Name, o.Holder, o.Number, o.Issuer,
		o.ValidUntil.String(), lines})
}

// errOffline is the outcome of a text that is no code of ours.
var errOffline = errors.New("no offline code")

// ReadOffline reads a code and checks its signature. Whether it has expired or was recalled is the caller's to say.
func ReadOffline(text string, key crypto.PublicKey) (o Offline, err error) {
	rest, ok := strings.CutPrefix(text, offlineMark)
	head, tail, cut := strings.Cut(rest, ".")
	if !ok || !cut || len(text) > 2*offlineMax {
		return o, errOffline
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(head)
	if err != nil {
		return o, errOffline
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(tail)
	if err != nil || !sm.Verify(key, append([]byte(offlineDomain), payload...), signature) {
		return o, errOffline
	}
	var serial, until string
	var made, expires int64
	var lines [][2]string
	fields := []any{&serial, &made, &expires, &o.Name, &o.Holder, &o.Number, &o.Issuer, &until, &lines}
	want := len(fields)
	if err := json.Unmarshal(payload, &fields); err != nil || len(fields) != want {
		return Offline{}, errOffline
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(serial)
	if err != nil || copy(o.Serial[:], b) != len(o.Serial) {
		return Offline{}, errOffline
	}
	if until != "" {
		if o.ValidUntil, err = civil.Parse(until); err != nil {
			return Offline{}, errOffline
		}
	}
	o.Made, o.Expires = time.Unix(made*60, 0).UTC(), time.Unix(expires*60, 0).UTC()
	for _, l := range lines {
		o.Lines = append(o.Lines, Line{Label: l[0], Value: l[1]})
	}
	return o, nil
}

// PresentOffline makes a code of by's own certificate that holds for some days, 1 to [MostOfflineDays].
func (s *Service) PresentOffline(ctx context.Context, by actor.Actor, identifier string, days int) (c OfflineCode, err error) {
	if days < 1 || days > MostOfflineDays {
		return c, fault.New(fault.Invalid, "cert.bad_days").Field("days", "cert.days_range", 1, MostOfflineDays)
	}
	r, now, err := s.presentable(ctx, by, identifier)
	if err != nil {
		return c, err
	}
	var kind Type
	err = s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		kind, err = s.typeOf(ctx, tx, r.TypeID)
		return err
	})
	if err != nil {
		return c, err
	}
	o, err := s.offlineOf(r, kind, now, days)
	if err != nil {
		return c, err
	}
	if c.Text, err = s.signOffline(&o); err != nil {
		return c, err
	}
	c.Link, c.Expires = s.needs.Base+"/verify/offline/#"+c.Text, o.Expires
	return c, s.db.Update(ctx, func(tx *db.Tx) error {
		if err := tx.Later(ctx, `DELETE FROM cert_offline WHERE cert_id = $1 AND expires_at < $2`, r.ID, tx.Now); err != nil {
			return err
		}
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM cert_offline WHERE cert_id = $1 AND ended_at IS NULL AND expires_at >= $2`, r.ID, tx.Now)
		if err != nil {
			return err
		}
		if n >= mostOffline {
			return fault.New(fault.Conflict, "cert.too_many_offline", mostOffline)
		}
		err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.presented_offline", Actor: by.Name(), Subject: r.SubjectID, Object: object(r.Identifier),
			Data: map[string]int{"days": days}})
		if err != nil {
			return err
		}
		return tx.Later(ctx, `INSERT INTO cert_offline (serial, cert_id, made_at, expires_at) VALUES ($1, $2, $3, $4)`, o.Serial[:], r.ID, o.Made, o.Expires)
	})
}

func (s *Service) offlineOf(r row, kind Type, now time.Time, days int) (o Offline, err error) {
	rec, err := s.open(r)
	if err != nil {
		return o, err
	}
	shown := rec.shown()
	kind.shownTo(VerifierStranger, shown)
	o = Offline{Made: now.UTC().Truncate(time.Minute), Name: rec.Name, Holder: rec.Holder.Name, Number: shown.Number, Issuer: rec.Issuer.Name,
		ValidUntil: rec.ValidUntil, Lines: shown.Lines}
	// What stands in the code already need not stand there twice.
	o.Lines = slices.DeleteFunc(slices.Clone(o.Lines), func(l Line) bool {
		return l.Value == o.Holder || l.Value == o.Number || l.Value == o.Issuer || l.Value == o.ValidUntil.Chinese()
	})
	o.Expires = o.Made.Add(time.Duration(days) * 24 * time.Hour)
	_, err = rand.Read(o.Serial[:])
	return o, err
}

// signOffline writes the code; lines that do not fit are left out, from the last on.
func (s *Service) signOffline(o *Offline) (string, error) {
	signer, err := s.needs.Keys.Signer(sm.OfflineSigner)
	if err != nil {
		return "", err
	}
	for {
		payload, err := o.payload()
		if err != nil {
			return "", err
		}
		encode := base64.RawURLEncoding.EncodeToString
		if len(s.needs.Base)+len("/verify/offline/#")+len(offlineMark)+len(encode(payload))+1+signatureLetters > offlineMax && len(o.Lines) > 0 {
			o.Lines = o.Lines[:len(o.Lines)-1]
			continue
		}
		signature, err := sm.Sign(signer, append([]byte(offlineDomain), payload...))
		if err != nil {
			return "", fmt.Errorf("signing an offline code: %w", err)
		}
		return offlineMark + encode(payload) + "." + encode(signature), nil
	}
}

// signatureLetters is how long an Ed25519 signature is in base64.
const signatureLetters = 86

// OfflineList says which codes no longer hold, as of a time. It names only codes that have not expired by themselves: it stays short.
type OfflineList struct {
	Format    string `json:"format"`    // offline-list/1
	At        int64  `json:"at"`        // seconds since 1970
	Serials   string `json:"serials"`   // base64url: eight bytes each, sorted
	Signature string `json:"signature"` // base64url, Ed25519
}

func (l OfflineList) signed() []byte {
	return []byte(listDomain + fmt.Sprint(l.At) + "\n" + l.Serials)
}

// Verify tells whether the list is ours and unchanged.
func (l OfflineList) Verify(key crypto.PublicKey) bool {
	signature, err := base64.RawURLEncoding.DecodeString(l.Signature)
	return err == nil && l.Format == listFormat && sm.Verify(key, l.signed(), signature)
}

const listFormat = "offline-list/1"

// OfflineList makes the list as of now. It tells nothing of anybody: serials are random.
func (s *Service) OfflineList(ctx context.Context) (l OfflineList, err error) {
	var all []byte
	err = s.db.View(ctx, func(tx *db.Tx) error {
		l.At = tx.Now.Unix()
		after := []byte{}
		for {
			page, err := db.All[[]byte](ctx, tx, `SELECT o.serial FROM cert_offline o JOIN cert_cert c ON c.id = o.cert_id WHERE o.serial > $1 AND o.expires_at > $2
AND (o.ended_at IS NOT NULL OR c.state <> $3 OR c.valid_until < $4) ORDER BY o.serial LIMIT 5000`, after, tx.Now, string(Valid), civil.Of(tx.Now))
			if err != nil {
				return err
			}
			for _, serial := range page {
				all = append(all, serial...)
			}
			if len(page) < 5000 {
				return nil
			}
			after = page[len(page)-1]
		}
	})
	if err != nil {
		return l, fmt.Errorf("listing offline codes that no longer hold: %w", err)
	}
	l.Format, l.Serials = listFormat, base64.RawURLEncoding.EncodeToString(all)
	signer, err := s.needs.Keys.Signer(sm.OfflineSigner)
	if err != nil {
		return l, err
	}
	signature, err := sm.Sign(signer, l.signed())
	l.Signature = base64.RawURLEncoding.EncodeToString(signature)
	return l, err
}

// OfflineKey is the public key offline codes are checked with.
func (s *Service) OfflineKey() (crypto.PublicKey, error) {
	return s.needs.Keys.PublicKey(sm.OfflineSigner)
}

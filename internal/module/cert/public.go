package cert

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Registered is a certificate that another register issued on no case of ours, as the department of justice does for lawyers: it is brought in by the
// program and signed like any other.
type Registered struct {
	TypeKey    string
	OfficePath string
	Subject    string // account's: the holder
	HolderKind string
	Holder     string
	HolderCode string
	Number     string // the certificate's, as the type's fields say
	IssuedOn   civil.Date
	Values     map[string]any // what the type's fields look for in answers
}

// IssueRegistered issues such a certificate and returns its identifier. Again with the same type and number it changes nothing. Only the program may.
func (s *Service) IssueRegistered(ctx context.Context, by actor.Actor, in Registered) (string, error) {
	if by.Kind != actor.System {
		return "", fault.New(fault.Forbidden, "office.no_right")
	}
	caseID := s.registeredCase(in)
	var l looked
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		r, err := db.One[row](ctx, tx, selectRow+`case_id = $1`, caseID)
		switch {
		case err == nil && r.State != Prepared:
			l.done = r.Identifier
			return nil
		case err == nil:
			if l.kind.Type, err = s.typeOf(ctx, tx, r.TypeID); err != nil {
				return err
			}
			l.prepared, err = s.again(ctx, tx, r)
			return err
		case !errors.Is(err, db.ErrNotFound):
			return err
		}
		if l.kind, err = latestType(ctx, tx, in.TypeKey); err != nil {
			return err
		}
		l.issuer, err = s.needs.Offices.Issuer(ctx, tx, in.OfficePath)
		return err
	})
	if err != nil || l.done != "" {
		return l.done, err
	}
	l.granted = in.granted(caseID)
	p := l.prepared
	if p != nil {
		err = s.reseal(ctx, p, l.kind.Type, in.OfficePath)
	} else if l.imprints, err = s.seals(ctx, l.kind.Type, in.OfficePath); err == nil {
		err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
			p, err = s.first(ctx, tx, l)
			return err
		})
	}
	if err != nil {
		return "", fmt.Errorf("preparing a registered certificate: %w", err)
	}
	g, err := s.sign(ctx, p)
	if err != nil {
		return "", fmt.Errorf("signing a registered certificate: %w", err)
	}
	if err := s.compare(p, g); err != nil {
		return "", err
	}
	if err := s.record(ctx, p, g); err != nil {
		return "", err
	}
	return p.record.Identifier, s.publish(ctx, p.row, p.record)
}

// masked keeps the first character of a name and the last of a longer one.
func masked(name string) string {
	r := []rune(name)
	if len(r) < 3 {
		return string(r[:min(1, len(r))]) + "*"
	}
	return string(r[0]) + strings.Repeat("*", len(r)-2) + string(r[len(r)-1])
}

// publish puts a certificate into the open register, where its type has one.
func (s *Service) publish(ctx context.Context, r row, rec record) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := s.typeOf(ctx, tx, r.TypeID)
		if err != nil || t.Public == nil {
			return err
		}
		unit := ""
		for _, l := range rec.Fields {
			if l.Key == t.Public.Unit {
				unit = l.Value
			}
		}
		return tx.Later(ctx, `INSERT INTO cert_public (cert_id, type_key, name, number, unit) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (cert_id) DO NOTHING`,
			r.ID, r.TypeKey, rec.Holder.Name, rec.Number, unit)
	})
}

// PublicEntry is a certificate as the open register shows it.
type PublicEntry struct {
	Identifier string
	Name       string
	Number     string
	Unit       string
	Issuer     string
	IssuedOn   civil.Date
	ValidUntil civil.Date
	State      State
}

// mostFound is how many holders of one name are shown.
const mostFound = 20

// FindPublic looks a holder up by the whole name or the number, for anybody: the law opens this register. Nobody found is an empty list, and is itself the
// answer. fault.Invalid, field "q", for less than two characters.
func (s *Service) FindPublic(ctx context.Context, _ actor.Actor, typeKey, text string) (out []PublicEntry, err error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n < 2 || n > 50 {
		return nil, fault.New(fault.Invalid, "cert.public_missing").Field("q", "cert.reason_length", 2, 50)
	}
	type stored struct {
		PublicEntry
		EndedKind Kind
	}
	err = s.db.Glance(ctx, func(tx *db.Tx) error {
		const query = `SELECT c.identifier, p.name, p.number, p.unit, c.issuer_name AS issuer, c.issued_on, c.valid_until, c.state, c.ended_kind
FROM cert_public p JOIN cert_cert c ON c.id = p.cert_id WHERE p.type_key = $1 AND p.`
		list, err := db.All[stored](ctx, tx, query+`name = $2 ORDER BY p.cert_id LIMIT $3`, typeKey, text, mostFound)
		if err == nil && len(list) == 0 {
			list, err = db.All[stored](ctx, tx, query+`number = $2 ORDER BY p.cert_id LIMIT $3`, typeKey, strings.ToUpper(text), mostFound)
		}
		for _, x := range list {
			x.State = Cert{State: x.State, ValidUntil: x.ValidUntil}.Standing(civil.Of(tx.Now))
			out = append(out, x.PublicEntry)
		}
		return err
	})
	return out, err
}

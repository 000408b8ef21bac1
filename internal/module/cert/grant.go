package cert

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Grant lets somebody use a certificate for one purpose until a day (用证授权). Whoever acts for the company or works in the office acts within it.
type Grant struct {
	ID          string
	CertID      string
	GranteeKind string // office, company, person
	Grantee     string
	GranteeName string // as the holder may read it
	Purpose     string
	UntilOn     civil.Date
	MadeAt      time.Time
	EndedAt     time.Time
}

// InForce tells whether a grant can be used on a day.
func (g Grant) InForce(today civil.Date) bool { return g.EndedAt.IsZero() && !g.UntilOn.Before(today) }

const grantColumns = `id, cert_id, grantee_kind, grantee, grantee_name, purpose, until_on, made_at, ended_at`

// NewGrant is what a holder says.
type NewGrant struct {
	Kind    string // unit (an office or a company, by its unified social credit code) or person
	Code    string // of a unit
	Name    string // of a person; both must fit
	Number  string
	Purpose string
	Until   civil.Date
}

// The bounds of what holders make.
const (
	mostGrants     = 50
	grantLife      = 366 // days
	mostCopiesKept = 100
)

// checkUntil refuses a day that has passed or lies too far ahead.
func checkUntil(f *fault.Error, today, until civil.Date) {
	if until.IsZero() || until.Before(today) || today.Add(grantLife).Before(until) {
		f.Field("until", "cert.until_range")
	}
}

// GrantUse lets an office, a company or a person use a certificate of by's own. fault.Invalid by field; "cert.grantee_unknown" when nobody is found.
func (s *Service) GrantUse(ctx context.Context, by actor.Actor, identifier string, in NewGrant) (id string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.inForce(ctx, tx, by, identifier)
		if err != nil {
			return err
		}
		refused := fault.New(fault.Invalid, "cert.bad_grant")
		if checkPurpose(in.Purpose) != nil {
			refused.Field("purpose", "cert.purpose_missing")
		}
		checkUntil(refused, civil.Of(tx.Now), in.Until)
		g := Grant{ID: db.NewKey(), Purpose: in.Purpose, UntilOn: in.Until}
		if err := s.grantee(ctx, tx, in, &g, refused); err != nil {
			return err
		}
		if g.Grantee == r.SubjectID {
			refused.Field("code", "cert.grantee_self").Field("name", "cert.grantee_self")
		}
		if err := refused.OrNil(); err != nil {
			return err
		}
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM cert_grant WHERE cert_id = $1 AND ended_at IS NULL AND until_on >= $2`, r.ID, civil.Of(tx.Now))
		if err != nil {
			return err
		}
		if n >= mostGrants {
			return fault.New(fault.Conflict, "cert.too_many_grants", mostGrants)
		}
		told, err := toldOf(ctx, tx, g.Grantee, r.ID)
		if err != nil {
			return err
		}
		id = g.ID
		err = tx.Later(ctx, `INSERT INTO cert_grant (id, cert_id, grantee_kind, grantee, grantee_name, purpose, until_on, made_at, made_by) VALUES (`+db.In(9, 1)+`)`,
			g.ID, r.ID, g.GranteeKind, g.Grantee, g.GranteeName, g.Purpose, g.UntilOn, tx.Now, by.Name())
		if err != nil {
			return err
		}
		if g.GranteeKind != "office" && !told {
			if err := s.needs.Notices.Send(ctx, tx, Notice{Subject: g.Grantee, Key: "cert.notice.granted", Args: []string{r.Name}, Link: "/granted"}); err != nil {
				return err
			}
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.granted", Actor: by.Name(), Subject: r.SubjectID, Object: object(r.Identifier), Basis: "持证主体授权用证",
			Data: map[string]string{"grant": g.ID, "to": g.GranteeKind, "purpose": g.Purpose, "until": g.UntilOn.String()}})
	})
	return id, err
}

// toldOf tells whether somebody had word of a grant of the same certificate within a day: who grants and takes back in turn sends no flood of messages.
func toldOf(ctx context.Context, tx *db.Tx, grantee, certID string) (bool, error) {
	_, err := db.One[string](ctx, tx, `SELECT id FROM cert_grant WHERE cert_id = $1 AND grantee = $2 AND made_at > $3 LIMIT 1`, certID, grantee, tx.Now.Add(-24*time.Hour))
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// grantee finds who is meant. What is wrong goes to the fields.
func (s *Service) grantee(ctx context.Context, tx *db.Tx, in NewGrant, g *Grant, refused *fault.Error) (err error) {
	switch in.Kind {
	case "unit":
		code, err := uscc.Parse(strings.ToUpper(strings.TrimSpace(in.Code)))
		if err != nil {
			refused.Field("code", "cert.grantee_code")
			return nil
		}
		if g.Grantee, g.GranteeName, err = s.needs.Offices.ByCode(ctx, tx, code.String()); err != nil {
			return err
		}
		if g.GranteeKind = "office"; g.Grantee != "" {
			return nil
		}
		g.GranteeKind = VerifierCompany
		g.Grantee, g.GranteeName, err = s.needs.Subjects.Find(ctx, tx, VerifierCompany, code.String(), "")
		if err == nil && g.Grantee == "" {
			refused.Field("code", "cert.grantee_unknown")
		}
		return err
	case VerifierPerson:
		g.GranteeKind = VerifierPerson
		g.Grantee, g.GranteeName, err = s.needs.Subjects.Find(ctx, tx, VerifierPerson, strings.TrimSpace(in.Number), strings.TrimSpace(in.Name))
		if err == nil && g.Grantee == "" {
			refused.Field("name", "cert.grantee_unknown")
		}
		return err
	}
	refused.Field("kind", "cert.grantee_kind")
	return nil
}

// EndGrant takes a grant back at once (收回). fault.NotFound "cert.no_grant"; a second time changes nothing.
func (s *Service) EndGrant(ctx context.Context, by actor.Actor, identifier, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.held(ctx, tx, by, identifier)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE cert_grant SET ended_at = $1 WHERE id = $2 AND cert_id = $3 AND ended_at IS NULL`, tx.Now, id, r.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := db.One[string](ctx, tx, `SELECT id FROM cert_grant WHERE id = $1 AND cert_id = $2`, id, r.ID); errors.Is(err, db.ErrNotFound) {
				return errNoGrant
			}
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.grant_ended", Actor: by.Name(), Subject: r.SubjectID, Object: object(r.Identifier),
			Basis: "持证主体收回授权", Data: map[string]string{"grant": id}})
	})
}

var errNoGrant = fault.New(fault.NotFound, "cert.no_grant")

func grantsOf(ctx context.Context, tx *db.Tx, certID string) ([]Grant, error) {
	return db.All[Grant](ctx, tx, `SELECT `+grantColumns+` FROM cert_grant WHERE cert_id = $1 ORDER BY id DESC LIMIT 50`, certID)
}

// Granted is a grant as its user sees it.
type Granted struct {
	Grant
	Name   string // of the certificate
	Holder string // as others may read it
	Issuer string
}

// grantees are those whose grants by may use: the office it works in and those above it, or the company or person by acts for.
func grantees(by actor.Actor) []any {
	if by.Kind == actor.Person {
		return []any{by.For()}
	}
	var out []any
	for i := 2; by.Kind == actor.Officer && i <= len(by.OfficePath); i++ {
		out = append(out, by.OfficePath[:i])
	}
	return out
}

// GrantedTo lists the grants by may use now, newest first, those before the grant with the id before.
func (s *Service) GrantedTo(ctx context.Context, by actor.Actor, before string, limit int) (out []Granted, err error) {
	who := grantees(by)
	if len(who) == 0 {
		return nil, nil
	}
	if before == "" {
		before = "g" // after every hexadecimal key
	}
	err = s.db.Glance(ctx, func(tx *db.Tx) (err error) {
		args := append(who, before, civil.Of(tx.Now), limit)
		n := len(who)
		out, err = db.All[Granted](ctx, tx, `SELECT g.id, g.cert_id, g.grantee_kind, g.grantee, g.grantee_name, g.purpose, g.until_on, g.made_at, g.ended_at, c.name, c.holder,
c.issuer_name AS issuer FROM cert_grant g JOIN cert_cert c ON c.id = g.cert_id WHERE g.grantee IN (`+db.In(n, 1)+`) AND g.ended_at IS NULL AND g.id < $`+strconv.Itoa(n+1)+
			` AND g.until_on >= $`+strconv.Itoa(n+2)+` ORDER BY g.id DESC LIMIT $`+strconv.Itoa(n+3), args...)
		return err
	})
	return out, err
}

// UseGrant shows a certificate to by under a grant, whole, and writes that down for its holder. fault.NotFound "cert.no_grant" for anybody it was
// not made to, and once it has ended.
func (s *Service) UseGrant(ctx context.Context, by actor.Actor, id string) (g Grant, out Verdict, err error) {
	v := &verification{s: s, by: by, way: byGrant, q: Question{Face: true}}
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		v.now = tx.Now
		if g, err = s.usable(ctx, tx, by, id); err != nil {
			return err
		}
		if v.row, err = byID(ctx, tx, g.CertID); err != nil {
			return err
		}
		return v.gather(ctx, tx)
	})
	if err != nil {
		return g, out, err
	}
	checkIdentifier(&v.verdict, v.row.Identifier)
	if err := v.judge(ctx); err != nil {
		return g, out, err
	}
	return g, v.verdict, s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := s.usable(ctx, tx, by, id); err != nil { // taken back a moment ago
			return err
		}
		return s.noteUse(ctx, tx, by, v.row, use{way: byGrant, valid: v.verdict.Valid, who: v.who, purpose: g.Purpose, grant: g.ID})
	})
}

func (s *Service) usable(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Grant, error) {
	g, err := db.One[Grant](ctx, tx, `SELECT `+grantColumns+` FROM cert_grant WHERE id = $1`, id)
	if errors.Is(err, db.ErrNotFound) {
		return g, errNoGrant
	}
	if err != nil {
		return g, err
	}
	for _, who := range grantees(by) {
		if who == g.Grantee && g.InForce(civil.Of(tx.Now)) {
			return g, nil
		}
	}
	return Grant{}, errNoGrant
}

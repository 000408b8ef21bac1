package cert

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/paper"
)

// target is a certificate as rights see it; centre is the same at the window that handed it out.
func target(r row) actor.Target {
	return actor.Target{OfficePath: r.OfficePath, Item: r.BaseCode, Subject: r.SubjectID}
}

// holds tells whether a certificate is by's own, or the company's by acts for.
func (s *Service) holds(by actor.Actor, r row) bool {
	return by.Kind == actor.Person && s.needs.Rights.Check(by, ActHold, target(r)) == nil
}

// reads tells whether an officer of the issuing office, or of the window that handed it out, may look with a reason.
func (s *Service) reads(by actor.Actor, r row) bool {
	if by.Kind != actor.Officer {
		return false
	}
	centre := target(r)
	centre.OfficePath = r.CentrePath
	return s.needs.Rights.Check(by, ActRead, target(r)) == nil || r.CentrePath != "" && s.needs.Rights.Check(by, ActRead, centre) == nil
}

// mayKnow hides a certificate from who has nothing to do with it.
func (s *Service) mayKnow(by actor.Actor, r row) error {
	if s.holds(by, r) || s.reads(by, r) || by.Kind == actor.System {
		return nil
	}
	return errHidden
}

// Held returns the identifier of a certificate of any of these types the subject holds and that is in force today, the newest where there are
// several, "" when there is none. It meets casefile.Certificates.
func (s *Service) Held(ctx context.Context, tx *db.Tx, subject string, types ...string) (string, error) {
	if subject == "" || len(types) == 0 {
		return "", nil
	}
	args := []any{subject, civil.Of(tx.Now)}
	for _, t := range types {
		args = append(args, t)
	}
	identifier, err := db.One[string](ctx, tx, `SELECT identifier FROM cert_cert WHERE subject_id = $1 AND (valid_until IS NULL OR valid_until >= $2)
AND state = 'valid' AND type_key IN (`+db.In(len(types), 3)+`) ORDER BY id DESC LIMIT 1`, args...)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return identifier, err
}

// Issued tells whether there is a type of certificate with this key. It meets casefile.Certificates.
func (s *Service) Issued(ctx context.Context, tx *db.Tx, typeKey string) (bool, error) {
	_, err := latestType(ctx, tx, typeKey)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Expires returns the last day of a certificate, zero when it has none. It meets casefile.Certificates.
func (s *Service) Expires(ctx context.Context, tx *db.Tx, identifier string) (civil.Date, error) {
	r, err := byIdentifier(ctx, tx, identifier)
	return r.ValidUntil, err
}

// LedTo names the certificate a case led to, "" without one. It meets casefile.Certificates.
func (s *Service) LedTo(ctx context.Context, tx *db.Tx, caseID string) (name, identifier string, err error) {
	r, err := db.One[row](ctx, tx, selectRow+`case_id = $1 AND state <> $2`, caseID, string(Prepared))
	if errors.Is(err, db.ErrNotFound) {
		return "", "", nil
	}
	return r.Name, r.Identifier, err
}

// Mine lists what by, or the company by acts for, holds, newest first, those before the certificate with the id before.
func (s *Service) Mine(ctx context.Context, by actor.Actor, before string, limit int) (out []Cert, err error) {
	if by.For() == "" {
		return nil, nil
	}
	if before == "" {
		before = "g" // after every hexadecimal key
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, selectRow+`subject_id = $1 AND id < $2 AND state <> $3 ORDER BY id DESC LIMIT $4`, by.For(), before, string(Prepared), limit)
		if err != nil {
			return err
		}
		out = make([]Cert, len(rows))
		for i, r := range rows {
			if out[i], err = s.own(r, tx.Now); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// own is a certificate as its holder reads it.
func (s *Service) own(r row, now time.Time) (Cert, error) {
	c := r.cert()
	rec, err := s.open(r)
	c.Number, c.Holder, c.State = rec.Number, rec.Holder.Name, c.Standing(civil.Of(now))
	return c, err
}

// OfCase lists the certificates a case led to, as far as by may know of them.
func (s *Service) OfCase(ctx context.Context, by actor.Actor, caseNumber string) (out []Cert, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, selectRow+`case_number = $1 AND state <> $2 ORDER BY id LIMIT 20`, caseNumber, string(Prepared))
		for _, r := range rows {
			if s.mayKnow(by, r) == nil {
				c := r.cert()
				c.State = c.Standing(civil.Of(tx.Now))
				out = append(out, c)
			}
		}
		return err
	})
	return out, err
}

// Verification is one time a certificate was verified or used by somebody else.
type Verification struct {
	ID           string
	Way          string // identifier, token, file, grant, copy
	Valid        bool
	Post         string // of an officer; "" for anybody else
	Verifier     string // officer, company, person; "" for a stranger
	Who          string // a company's name, a person's masked
	Purpose      string // one of [Purposes]; "" where none was asked
	Part         bool   // only chosen fields were shown
	ComplainedAt time.Time
	At           time.Time
}

// View is a certificate as its page shows it.
type View struct {
	Cert
	Own           bool
	Lines         []Line // for the holder only, like Face, Reason and Verifications
	Face          []byte // SVG
	Reason        string // why it was ended
	Verifications []Verification
	Grants        []Grant
	Copies        []Copy
	Position      int64       // in the log; -1 while it waits
	Proof         audit.Proof // that its issuing is in the log; empty while it waits
	Actions       []Kind      // what by may do to it now
}

// Get returns a certificate: all of it for its holder, without what it says of the person for officers. fault.NotFound "cert.not_found" for
// anybody else.
func (s *Service) Get(ctx context.Context, by actor.Actor, identifier string) (v View, err error) {
	var r row
	var now time.Time
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		if r, err = byIdentifier(ctx, tx, identifier); err != nil {
			return err
		}
		if err := s.mayKnow(by, r); err != nil {
			return err
		}
		now = tx.Now
		v = View{Cert: r.cert(), Own: s.holds(by, r), Position: -1}
		leaf, ok, err := s.logged(ctx, tx, identifier)
		if err != nil {
			return err
		}
		if ok && leaf.Position >= 0 {
			v.Position = leaf.Position
			if v.Proof, err = s.needs.Log.Prove(ctx, tx, leaf.Position); err != nil {
				return err
			}
		}
		if !v.Own {
			return nil
		}
		if err := s.lay(ctx, tx, &r); err != nil {
			return err
		}
		if v.Grants, err = grantsOf(ctx, tx, r.ID); err != nil {
			return err
		}
		if v.Copies, err = copiesOf(ctx, tx, r.ID); err != nil {
			return err
		}
		v.Verifications, err = verificationsOf(ctx, tx, r.ID, 20, time.Time{})
		return err
	})
	if err != nil {
		return v, err
	}
	v.State = v.Standing(civil.Of(now))
	if s.needs.Rights.Check(by, ActRevoke, target(r)) == nil && by.Kind == actor.Officer {
		for _, k := range Kinds {
			if permits(k, r.State) {
				v.Actions = append(v.Actions, k)
			}
		}
	}
	if !v.Own {
		return v, nil
	}
	return v, s.reveal(ctx, &v, r)
}

func permits(k Kind, from State) bool {
	for _, s := range moves[k].from {
		if s == from {
			return true
		}
	}
	return false
}

// reveal adds what only the holder reads.
func (s *Service) reveal(ctx context.Context, v *View, r row) error {
	rec, err := s.open(r)
	if err != nil {
		return err
	}
	v.Number, v.Holder, v.Lines = rec.Number, rec.Holder.Name, rec.Fields
	if len(r.EndedReason) > 0 {
		reason, err := s.needs.Keys.Open(r.EndedReason, aad(r.ID, "reason"))
		if err != nil {
			return fmt.Errorf("opening a reason: %w", err)
		}
		v.Reason = string(reason)
	}
	v.Face, err = s.face(ctx, rec, r)
	return err
}

// face draws a certificate as it looks on paper, with its seal.
func (s *Service) face(ctx context.Context, rec record, r row) ([]byte, error) {
	p, err := s.needs.Paper.Set(rec.sheet(s.needs.Base))
	if err != nil {
		return nil, fmt.Errorf("drawing a certificate: %w", err)
	}
	if r.SealID == "" || s.needs.Seals == nil {
		return p.SVG(), nil
	}
	l := sealing{at: r.SealedAt, layout: rec.layout}
	for _, id := range r.sealIDs() {
		imprint, err := s.needs.Seals.Imprint(ctx, program, id)
		if err != nil {
			return nil, fmt.Errorf("drawing the seal of a certificate: %w", err)
		}
		l.imprints = append(l.imprints, imprint)
	}
	return l.on(p, paper.OFD).SVG()[0], nil // an OFD shows what the register says; a PDF only what can sign it
}

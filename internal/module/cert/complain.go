package cert

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Complain lets the holder object to a verification (投诉): the chief of the issuing office reads it. fault.NotFound "cert.no_verification";
// fault.Conflict "cert.complained" the second time.
func (s *Service) Complain(ctx context.Context, by actor.Actor, identifier, verification, text string) error {
	text = strings.TrimSpace(text)
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.held(ctx, tx, by, identifier)
		if err != nil {
			return err
		}
		if n := utf8.RuneCountInString(text); n < 2 || n > 500 {
			return fault.New(fault.Invalid, "cert.bad_complaint").Field("text", "cert.reason_length", 2, 500)
		}
		sealed, err := s.needs.Keys.Seal([]byte(text), complaintAAD(verification))
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE cert_verification SET complaint = $1, complained_at = $2 WHERE id = $3 AND cert_id = $4 AND complained_at IS NULL`,
			sealed, tx.Now, verification, r.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			_, err := db.One[string](ctx, tx, `SELECT id FROM cert_verification WHERE id = $1 AND cert_id = $2`, verification, r.ID)
			if errors.Is(err, db.ErrNotFound) {
				return fault.New(fault.NotFound, "cert.no_verification")
			}
			if err != nil {
				return err
			}
			return fault.New(fault.Conflict, "cert.complained")
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.complained", Actor: by.Name(), Subject: r.SubjectID, Object: object(r.Identifier),
			Basis: "个人信息保护法第四十五条、第五十条", Data: map[string]string{"verification": verification}})
	})
}

func complaintAAD(id string) []byte { return []byte("cert_verification/" + id + "/complaint") }

// Complaint is what a holder objects to, as the issuing office reads it.
type Complaint struct {
	Verification
	Identifier string
	Name       string // of the certificate
	Text       string
}

// Complaints lists those about certificates of the offices by answers for, newest first, those before a time and an id ("" for the newest), and tells
// whether more follow. Each that is shown is a leaf: it is what a holder wrote himself.
func (s *Service) Complaints(ctx context.Context, by actor.Actor, before time.Time, id string, limit int) (out []Complaint, more bool, err error) {
	reach := s.needs.Rights.Reach(by, ActHear)
	if len(reach) == 0 {
		return nil, false, fault.New(fault.Forbidden, "office.no_right")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		list, err := complaintsBefore(ctx, tx, reach, before, id, limit+1)
		if err != nil {
			return err
		}
		out, more = nil, len(list) > limit
		for _, c := range list[:min(limit, len(list))] {
			text, err := s.needs.Keys.Open(c.Sealed, complaintAAD(c.ID))
			if err != nil {
				return fmt.Errorf("opening a complaint: %w", err)
			}
			c.Text = string(text)
			out = append(out, c.Complaint)
			err = s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.complaint_read", Actor: by.Name(), Office: by.OfficePath, Subject: c.SubjectID,
				Object: object(c.Identifier), Basis: "个人信息保护法第五十条", Data: map[string]string{"verification": c.ID}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return out, more, err
}

type storedComplaint struct {
	Complaint
	Sealed    []byte
	SubjectID string
}

func complaintsBefore(ctx context.Context, tx *db.Tx, reach []string, before time.Time, id string, limit int) ([]storedComplaint, error) {
	if before.IsZero() {
		before, id = tx.Now.Add(time.Hour), "g"
	}
	args := []any{before, id, limit}
	where := db.PrefixAny("c.office_path", reach, &args)
	return db.All[storedComplaint](ctx, tx, `SELECT v.id, v.way, v.valid, v.post, v.verifier, v.who, v.purpose, v.part, v.complained_at, v.at, v.complaint AS sealed,
c.identifier, c.name, c.subject_id FROM cert_verification v JOIN cert_cert c ON c.id = v.cert_id WHERE v.complained_at IS NOT NULL AND (v.complained_at, v.id) < ($1, $2) AND `+where+`
ORDER BY v.complained_at DESC, v.id DESC LIMIT $3`, args...)
}

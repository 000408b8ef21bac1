package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/civil"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// GuardianKind says why somebody looks after another (监护, 民法典第二十七条至第三十三条).
type GuardianKind string

// The kinds. Parents and other guardians look after children, and cease the day before these are eighteen; an appointed guardian looks after an adult
// without full capacity until somebody ends it.
const (
	GuardianParent    GuardianKind = "parent"    // 父母
	GuardianOther     GuardianKind = "guardian"  // 其他监护人
	GuardianAppointed GuardianKind = "appointed" // 成年人的监护人，法院或者居民委员会指定
)

// adultYears is the age at which guardianship of a child ends (民法典第十七条).
const adultYears = 18

// Guardianship is one person looking after another.
type Guardianship struct {
	ID       string
	Ward     string // masked
	Guardian string // masked
	Kind     GuardianKind
	Basis    string
	From     time.Time
	LastOn   civil.Date // zero for an adult's
	Waiting  bool       // for a second officer
}

// NewGuardianship is what an officer writes down: both by number and name, which must fit, and the document it rests on.
type NewGuardianship struct {
	WardName, WardNumber         string
	GuardianName, GuardianNumber string
	Kind                         GuardianKind
	Basis                        string // 出生医学证明, 户口簿, 指定监护人的判决书 …; 2 to 100 characters, without a person's number
}

// RecordGuardian writes down that somebody looks after another; it is in force once another officer confirmed it. The same again changes nothing.
// fault.Invalid by field: nobody fits, a child's guardian for an adult, an appointed one for a child. Only an officer at a window or a clerk of a village
// may, and not in his own affairs. A pair of names and numbers that fit nobody leaves a leaf, since it may be a guess.
func (s *Service) RecordGuardian(ctx context.Context, by actor.Actor, in NewGuardianship) (id string, err error) {
	if err := s.needs.Rights.Check(by, ActGuard, actor.Target{OfficePath: by.OfficePath}); err != nil {
		return "", err
	}
	in.Basis = strings.TrimSpace(in.Basis)
	unknown := false
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		refused := fault.New(fault.Invalid, "account.bad_guardian")
		if n := utf8.RuneCountInString(in.Basis); n < 2 || n > 100 {
			refused.Field("basis", "account.basis_length", 2, 100)
		}
		ward, err := s.FindSubject(ctx, tx, Person, strings.TrimSpace(in.WardNumber), strings.TrimSpace(in.WardName))
		if err != nil {
			return err
		}
		guardian, err := s.FindSubject(ctx, tx, Person, strings.TrimSpace(in.GuardianNumber), strings.TrimSpace(in.GuardianName))
		if err != nil {
			return err
		}
		switch {
		case ward.ID == "":
			refused.Field("ward_name", "account.no_match")
		case guardian.ID == "":
			refused.Field("guardian_name", "account.no_match")
		case ward.ID == guardian.ID:
			refused.Field("guardian_name", "account.guardian_self")
		}
		last, key := lastDay(in, civil.Of(tx.Now))
		if key != "" {
			refused.Field("kind", key)
		}
		if by.Subject != "" && (guardian.ID == by.Subject || ward.ID == by.Subject) {
			return errOwnAffair
		}
		if err := refused.OrNil(); err != nil {
			unknown = ward.ID == "" || guardian.ID == ""
			return err
		}
		id, err = db.One[string](ctx, tx, `SELECT id FROM account_guardian WHERE ward_id = $1 AND guardian_id = $2 AND ended_at IS NULL LIMIT 1`, ward.ID, guardian.ID)
		if !errors.Is(err, db.ErrNotFound) {
			return err
		}
		id = db.NewKey()
		err = tx.Later(ctx, `INSERT INTO account_guardian (id, ward_id, guardian_id, kind, basis, recorded_at, recorded_by, office_path, last_on) VALUES (`+db.In(9, 1)+`)`,
			id, ward.ID, guardian.ID, string(in.Kind), in.Basis, tx.Now, by.Name(), by.OfficePath, last)
		if err != nil {
			return err
		}
		if err := s.tellOfGuardian(ctx, tx, ward.ID, guardian.ID, "account.told.guardian_recorded"); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "guardian.recorded", Actor: by.Name(), Office: by.OfficePath, Subject: ward.ID, Object: "subject:" + ward.ID,
			Basis: in.Basis, Data: map[string]string{"guardian": guardian.ID, "kind": string(in.Kind), "until": last.String()}})
	})
	if unknown { // the transaction that failed has left nothing
		if logged := s.db.Update(ctx, func(tx *db.Tx) error {
			return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "guardian.not_found", Actor: by.Name(), Office: by.OfficePath, Object: "account:" + by.Account, Basis: "监护关系登记"})
		}); logged != nil {
			return "", logged
		}
	}
	return id, err
}

// lastDay is the last day of a guardianship, zero for an adult's; key says why there can be none.
func lastDay(in NewGuardianship, today civil.Date) (last civil.Date, key string) {
	number, err := personid.Parse(in.WardNumber)
	if err != nil {
		return last, "" // the name says it already
	}
	switch grown := number.Age(today) >= adultYears; {
	case in.Kind == GuardianAppointed && !grown:
		return last, "account.guardian_of_child"
	case in.Kind == GuardianAppointed:
		return last, ""
	case in.Kind != GuardianParent && in.Kind != GuardianOther:
		return last, "account.guardian_kind"
	case grown:
		return last, "account.ward_grown"
	}
	return number.Birth().AddYears(adultYears).Add(-1), ""
}

// EndGuardian ends a guardianship at once: an officer, or an adult for himself. fault.NotFound "account.no_guardian".
func (s *Service) EndGuardian(ctx context.Context, by actor.Actor, id string) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		type row struct {
			WardID, GuardianID, OfficePath string
			LastOn                         civil.Date
		}
		r, err := db.One[row](ctx, tx, `SELECT ward_id, guardian_id, office_path, last_on FROM account_guardian WHERE id = $1 AND ended_at IS NULL`, id)
		if errors.Is(err, db.ErrNotFound) {
			return errNoGuardian
		}
		if err != nil {
			return err
		}
		own := by.Kind == actor.Person && by.Company == "" && by.Subject == r.WardID && r.LastOn.IsZero()
		if !own {
			if err := s.needs.Rights.Check(by, ActGuard, actor.Target{OfficePath: r.OfficePath}); err != nil {
				return err
			}
		}
		if err := tx.LaterOne(ctx, errNoGuardian, `UPDATE account_guardian SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL`, tx.Now, id); err != nil {
			return err
		}
		if err := s.tellOfGuardian(ctx, tx, r.WardID, r.GuardianID, "account.told.guardian_ended"); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "guardian.ended", Actor: by.Name(), Office: by.OfficePath, Subject: r.WardID, Object: "subject:" + r.WardID,
			Basis: "监护关系终止", Data: map[string]string{"guardian": r.GuardianID}})
	})
	s.Forget()
	return err
}

var errNoGuardian = fault.New(fault.NotFound, "account.no_guardian")

// inForce ends a condition; what is to hold today follows and is the last argument.
const inForce = ` AND confirmed_at IS NOT NULL` + notOver

const notOver = ` AND ended_at IS NULL AND (last_on IS NULL OR last_on >= `

// guards tells whether a person looks after another today.
func (s *Service) guards(ctx context.Context, tx *db.Tx, guardian, ward string) (bool, error) {
	_, err := db.One[string](ctx, tx, `SELECT id FROM account_guardian WHERE guardian_id = $1 AND ward_id = $2`+inForce+`$3) LIMIT 1`, guardian, ward, civil.Of(tx.Now))
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// RecordedHere lists the guardianships by's own office, or one below it, wrote down and that hold today or wait, newest first, those before the one with the
// id before.
func (s *Service) RecordedHere(ctx context.Context, by actor.Actor, before string, limit int) (out []Guardianship, err error) {
	if err := s.needs.Rights.Check(by, ActGuard, actor.Target{OfficePath: by.OfficePath}); err != nil {
		return nil, err
	}
	if before == "" {
		before = "g" // after every hexadecimal key
	}
	type row struct {
		ID, WardID, GuardianID string
		Kind                   GuardianKind
		Basis                  string
		RecordedAt             time.Time
		LastOn                 civil.Date
		ConfirmedAt            time.Time
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		args := []any{before}
		where := `id < $1 AND ` + db.PrefixAny("office_path", []string{by.OfficePath}, &args)
		args = append(args, civil.Of(tx.Now), limit)
		rows, err := db.All[row](ctx, tx, fmt.Sprintf(`SELECT id, ward_id, guardian_id, kind, basis, recorded_at, last_on, confirmed_at FROM account_guardian WHERE %s%s$%d)
ORDER BY id DESC LIMIT $%d`, where, notOver, len(args)-1, len(args)), args...)
		if err != nil {
			return err
		}
		for _, r := range rows {
			ward, err := s.Subject(ctx, tx, r.WardID)
			if err != nil {
				return err
			}
			guardian, err := s.Subject(ctx, tx, r.GuardianID)
			if err != nil {
				return err
			}
			out = append(out, Guardianship{r.ID, ward.Name, guardian.Name, r.Kind, r.Basis, r.RecordedAt, r.LastOn, r.ConfirmedAt.IsZero()})
		}
		return nil
	})
	return out, err
}

// Ward is somebody a person looks after and may act for.
type Ward struct {
	SubjectID string
	Name      string // in clear: the guardian knows it
	Kind      GuardianKind
	LastOn    civil.Date // zero for an adult's
}

// Wards lists those by looks after today.
func (s *Service) Wards(ctx context.Context, by actor.Actor) (out []Ward, err error) {
	type row struct {
		WardID string
		Kind   GuardianKind
		LastOn civil.Date
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := db.All[row](ctx, tx, `SELECT ward_id, kind, last_on FROM account_guardian WHERE guardian_id = $1`+inForce+`$2) ORDER BY id LIMIT 50`,
			by.Subject, civil.Of(tx.Now))
		if err != nil {
			return err
		}
		for _, r := range rows {
			name, err := s.Name(ctx, tx, r.WardID)
			if err != nil {
				return err
			}
			out = append(out, Ward{r.WardID, name, r.Kind, r.LastOn})
		}
		return nil
	})
	return out, err
}

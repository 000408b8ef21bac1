package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/personid"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// subjectRow is a subject as it rests: sealed.
type subjectRow struct {
	ID             string
	Kind           Kind
	Name           []byte
	Number         []byte
	Phone          []byte
	Representative []byte
	Address        []byte
	Level          int
	Region         string
}

const selectSubject = `SELECT id, kind, name, number, phone, representative, address, level, region FROM account_subject WHERE `

// Subject returns a subject with its values masked; a company's name and code are public and whole. fault.NotFound "account.no_subject".
func (s *Service) Subject(ctx context.Context, tx *db.Tx, id string) (Subject, error) {
	sub, err := s.open(ctx, tx, id)
	if err != nil {
		return sub, err
	}
	return masked(sub), nil
}

func masked(sub Subject) Subject {
	sub.Phone = MaskPhone(sub.Phone)
	if sub.Kind == Person {
		sub.Name, sub.Number, sub.Address = MaskName(sub.Name), MaskNumber(sub.Number), ""
	}
	return sub
}

// Reveal returns a subject with its values in clear. Whoever calls it on behalf of somebody else writes the leaf of that reading in the
// same transaction; a subject reading itself needs none.
func (s *Service) Reveal(ctx context.Context, tx *db.Tx, id string) (Subject, error) {
	return s.open(ctx, tx, id)
}

func (s *Service) open(ctx context.Context, tx *db.Tx, id string) (Subject, error) {
	row, err := db.One[subjectRow](ctx, tx, selectSubject+`id = $1`, id)
	if errors.Is(err, db.ErrNotFound) {
		return Subject{}, fault.New(fault.NotFound, "account.no_subject")
	}
	if err != nil {
		return Subject{}, err
	}
	return s.unseal(row)
}

func (s *Service) unseal(row subjectRow) (Subject, error) {
	sub := Subject{ID: row.ID, Kind: row.Kind, Level: row.Level, Region: row.Region}
	for _, f := range []struct {
		column string
		sealed []byte
		to     *string
	}{{"name", row.Name, &sub.Name}, {"number", row.Number, &sub.Number}, {"phone", row.Phone, &sub.Phone},
		{"representative", row.Representative, &sub.Representative}, {"address", row.Address, &sub.Address}} {
		if len(f.sealed) == 0 {
			continue
		}
		plain, err := s.needs.Keys.Open(f.sealed, aad(row.ID, f.column))
		if err != nil {
			return sub, fmt.Errorf("opening %s of a subject: %w", f.column, err)
		}
		*f.to = string(plain)
	}
	return sub, nil
}

// CheckKeys opens one subject with the keys at hand. It fails when the register was sealed with others: a program that went on would show
// nobody his own, and seal what comes with keys that do not fit the rest.
func (s *Service) CheckKeys(ctx context.Context) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		row, err := db.One[subjectRow](ctx, tx, selectSubject+`id <> '' ORDER BY id LIMIT 1`)
		if errors.Is(err, db.ErrNotFound) {
			return nil // nobody is registered yet
		}
		if err == nil {
			_, err = s.unseal(row)
		}
		return err
	})
}

// aad ties a sealed value to its row and column: moved elsewhere it does not open.
func aad(id, column string) []byte { return []byte("account_subject/" + id + "/" + column) }

// NewSubject is a subject about to be registered, in clear.
type NewSubject struct {
	Kind           Kind
	Name           string
	Number         string // 公民身份号码 or 统一社会信用代码
	Phone          string
	Representative string
	Address        string
	Level          int
	Region         string // 12 digits
}

// normal checks the number and returns it as the register writes it.
func (n NewSubject) normal() (string, error) {
	if n.Kind == Company {
		c, err := uscc.Parse(n.Number)
		return c.String(), err
	}
	id, err := personid.Parse(n.Number)
	if err != nil {
		return "", err
	}
	return id.Reveal(), nil
}

// put writes a subject where there is none with its number, and returns its id either way. Who was written down from hearsay, as the holder in an office's
// table is, and comes himself with a higher level is written anew: what was proved now counts.
func (s *Service) put(ctx context.Context, tx *db.Tx, n NewSubject) (id string, fresh bool, err error) {
	number, err := n.normal()
	if err != nil {
		return "", false, fault.New(fault.Invalid, "account.bad_subject").Field("number", numberFault(n.Kind, err))
	}
	index := s.needs.Keys.Index("subject.number", number)
	type standing struct {
		ID    string
		Level int
	}
	known, err := db.One[standing](ctx, tx, `SELECT id, level FROM account_subject WHERE number_index = $1`, index)
	switch {
	case err == nil && known.Level < n.Level:
		return known.ID, false, s.prove(ctx, tx, known.ID, n, number, index)
	case err == nil || !errors.Is(err, db.ErrNotFound):
		return known.ID, false, err
	}
	row, err := s.sealed(db.NewKey(), n, number, index)
	if err != nil {
		return "", false, err
	}
	err = tx.Later(ctx, `INSERT INTO account_subject (`+strings.Join(subjectColumns, ", ")+`) VALUES (`+db.In(len(subjectColumns), 1)+`)`, append(row, tx.Now)...)
	return row[0].(string), true, err
}

var subjectColumns = []string{"id", "kind", "name", "number", "number_index", "phone", "representative", "address", "level", "region", "created_at"}

// prove writes over what was known of a subject below the level it has now; what is not said now stays.
func (s *Service) prove(ctx context.Context, tx *db.Tx, id string, n NewSubject, number string, index []byte) error {
	row, err := s.sealed(id, n, number, index)
	if err != nil {
		return err
	}
	set := append(append([]any{row[2]}, row[5:8]...), int64(n.Level), n.Region, id)
	err = tx.Later(ctx, `UPDATE account_subject SET name = $1, phone = COALESCE($2, phone), representative = COALESCE($3, representative),
address = COALESCE($4, address), level = $5, region = CASE WHEN $6 = '' THEN region ELSE $6 END WHERE id = $7 AND level < $5`, set...)
	if err != nil {
		return fmt.Errorf("writing what was proved of a subject: %w", err)
	}
	return nil
}

// sealed is a subject as it will rest under an id, all but the instant.
func (s *Service) sealed(id string, n NewSubject, number string, index []byte) ([]any, error) {
	row := []any{id, string(n.Kind), nil, nil, index, nil, nil, nil, int64(n.Level), n.Region}
	for i, plain := range map[int]string{2: n.Name, 3: number, 5: n.Phone, 6: n.Representative, 7: n.Address} {
		if plain == "" {
			continue
		}
		v, err := s.needs.Keys.Seal([]byte(plain), aad(id, subjectColumns[i]))
		if err != nil {
			return nil, fmt.Errorf("sealing a subject: %w", err)
		}
		row[i] = v
	}
	return row, nil
}

// FindSubject finds a company by its code, or a person by number and name, which must both fit; the answer is masked, and zero when nobody fits. A company's
// name may be left out: it is public.
func (s *Service) FindSubject(ctx context.Context, tx *db.Tx, k Kind, number, name string) (Subject, error) {
	normal, err := NewSubject{Kind: k, Number: number}.normal()
	if err != nil {
		return Subject{}, nil // no such number: nobody has it
	}
	row, err := db.One[subjectRow](ctx, tx, selectSubject+`number_index = $1`, s.needs.Keys.Index("subject.number", normal))
	if errors.Is(err, db.ErrNotFound) {
		return Subject{}, nil
	}
	if err != nil {
		return Subject{}, err
	}
	sub, err := s.unseal(row)
	if err != nil || sub.Kind != k || sub.Name != name && (k == Person || name != "") {
		return Subject{}, err
	}
	return masked(sub), nil
}

// numberFault says which part of a number is wrong.
func numberFault(k Kind, err error) string {
	if k == Company {
		if errors.Is(err, uscc.ErrLength) {
			return "account.code_length"
		}
		return "account.code_wrong"
	}
	switch {
	case errors.Is(err, personid.ErrLength):
		return "account.number_length"
	case errors.Is(err, personid.ErrDate):
		return "account.number_date"
	}
	return "account.number_wrong"
}

// Lookup finds the person or company before the window by its number and name; both must fit. It is a reading of personal data by an
// officer, so it writes a leaf. fault.NotFound "account.no_match" when nobody fits.
func (s *Service) Lookup(ctx context.Context, by actor.Actor, k Kind, number, name string) (out Subject, err error) {
	if err := s.needs.Rights.Check(by, ActLookup, actor.Target{OfficePath: by.OfficePath}); err != nil {
		return out, err
	}
	normal, err := NewSubject{Kind: k, Number: number}.normal()
	if err != nil {
		return out, fault.New(fault.Invalid, "account.bad_subject").Field("number", numberFault(k, err))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if out, err = s.FindSubject(ctx, tx, k, normal, name); err != nil {
			return err
		}
		if out.ID == "" || name == "" {
			return fault.New(fault.NotFound, "account.no_match")
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "data.read", Actor: by.Name(), Office: by.OfficePath, Subject: out.ID, Object: "subject:" + out.ID,
			Basis: "窗口代为申请时核对身份", Data: map[string]string{"what": "name, number"}})
	})
	return out, err
}

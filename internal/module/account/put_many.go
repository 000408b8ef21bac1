package account

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// mostPut bounds one call of [Service.PutMany]: every number is bound to one question.
const mostPut = 5000

// PutMany is [Service.PutSubject] for many subjects in one transaction, and returns their ids in the same order. Those whose number is there stay as they
// are; the same number twice in the list is one subject. The id of a number that belongs to another name is "", be it a person's or a company's: a slip of
// a table must not give somebody else's certificate away. Only the program may.
func (s *Service) PutMany(ctx context.Context, by actor.Actor, list []NewSubject) ([]string, error) {
	if by.Kind != actor.System {
		return nil, fault.New(fault.Forbidden, "account.program_only")
	}
	if len(list) > mostPut {
		return nil, fmt.Errorf("registering %d subjects at once: %d is the most", len(list), mostPut)
	}
	// Sealing takes longer than writing: it is done before anything is locked.
	rows, indexes := make([][]any, len(list)), make([]any, len(list))
	for i, n := range list {
		number, err := n.normal()
		if err != nil {
			return nil, fault.New(fault.Invalid, "account.bad_subject").Field("number", numberFault(n.Kind, err))
		}
		index := s.needs.Keys.Index("subject.number", number)
		indexes[i] = index
		if rows[i], err = s.sealed(db.NewKey(), n, number, index); err != nil {
			return nil, err
		}
	}
	ids, err := s.putRows(ctx, list, rows, indexes)
	if db.IsUnique(err) { // somebody registered one of them meanwhile: now it is found
		ids, err = s.putRows(ctx, list, rows, indexes)
	}
	return ids, err
}

func (s *Service) putRows(ctx context.Context, list []NewSubject, rows [][]any, indexes []any) (ids []string, err error) {
	type there struct {
		subjectRow
		NumberIndex []byte
	}
	type one struct{ id, name string }
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		known := map[string]one{}
		found, err := db.All[there](ctx, tx, `SELECT id, kind, name, number, phone, representative, address, level, region, number_index FROM account_subject WHERE number_index IN (`+
			db.In(len(indexes), 1)+`)`, indexes...)
		if err != nil {
			return err
		}
		for _, t := range found {
			sub, err := s.unseal(t.subjectRow)
			if err != nil {
				return err
			}
			known[string(t.NumberIndex)] = one{sub.ID, sub.Name}
		}
		ids = make([]string, len(rows))
		var fresh [][]any
		for i, row := range rows {
			index := string(row[4].([]byte))
			if known[index].id == "" {
				known[index] = one{row[0].(string), list[i].Name}
				fresh = append(fresh, append(row[:len(row):len(row)], tx.Now))
			}
			if k := known[index]; sameName(k.name, list[i].Name) {
				ids[i] = k.id
			}
		}
		if len(fresh) == 0 {
			return nil
		}
		return tx.Bulk(ctx, "account_subject", subjectColumns, fresh)
	})
	return ids, err
}

// sameName tells whether two ways to type a name are one: brackets and letters of either width, capitals or not, blanks, and the dots of names of
// several parts make no difference.
func sameName(a, b string) bool { return typedName(a) == typedName(b) }

func typedName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full-width forms of the printable ASCII
			r -= '！' - '!'
		}
		switch {
		case unicode.IsSpace(r):
			return -1
		case strings.ContainsRune("·•・．.", r):
			return '·'
		}
		return unicode.ToUpper(r)
	}, name)
}

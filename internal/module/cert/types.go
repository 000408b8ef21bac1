package cert

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Kept is a type as the directory (证照目录) lists it.
type Kept struct {
	TypeKey     string
	Version     int64
	Code        string
	Name        string
	Department  string
	HolderKind  string // one of [HolderKinds]; "" unsaid
	EffectiveOn string // ISO; "" since it was written
}

// TypeQuery narrows the directory.
type TypeQuery struct {
	Text       string // of the name, the department or the code
	HolderKind string // types such a holder may hold; "" all
	After      string // the key of the last one of the page before
	Limit      int
}

// current are the versions that hold on the day $1. The directory has hundreds of types and not more, so it is read whole.
const current = `SELECT t.type_key, t.version, t.code, t.name, t.department, t.holder_kind, t.effective_on FROM cert_type t
WHERE t.effective_on <= $1 AND NOT EXISTS (SELECT 1 FROM cert_type n WHERE n.type_key = t.type_key AND n.version > t.version AND n.effective_on <= $1)
ORDER BY t.type_key`

// Types returns a page of the directory, in the order of keys, how many types the query finds altogether, and the key to go on after, "" at the end.
func (s *Service) Types(ctx context.Context, q TypeQuery) (page []Kept, found int, next string, err error) {
	var all []Kept
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		all, err = db.All[Kept](ctx, tx, current, civil.Of(tx.Now).String())
		return err
	})
	text := strings.ToUpper(strings.TrimSpace(q.Text))
	for _, t := range all {
		if q.HolderKind != "" && t.HolderKind != q.HolderKind && t.HolderKind != "either" ||
			text != "" && !strings.Contains(strings.ToUpper(t.Name+"\n"+t.Department+"\n"+t.Code+"\n"+t.TypeKey), text) {
			continue
		}
		found++
		if t.TypeKey <= q.After {
			continue
		}
		if len(page) == q.Limit {
			next = page[len(page)-1].TypeKey
			continue
		}
		page = append(page, t)
	}
	return page, found, next, err
}

// Unknown returns those of the keys that no type has. It meets item.Certificates.
func (s *Service) Unknown(ctx context.Context, tx *db.Tx, keys []string) (unknown []string, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	args := make([]any, len(keys))
	for i, k := range keys {
		args[i] = k
	}
	known, err := db.All[string](ctx, tx, `SELECT DISTINCT type_key FROM cert_type WHERE type_key IN (`+db.In(len(keys), 1)+`)`, args...)
	for _, k := range keys {
		if !slices.Contains(known, k) {
			unknown = append(unknown, k)
		}
	}
	return unknown, err
}

// TypeVersion is one row of the history of a type.
type TypeVersion struct {
	Version     int64
	EffectiveOn string
	DeployedAt  civil.Date
}

// TypeView is a type as its page shows it.
type TypeView struct {
	Kept
	Type
	Versions []TypeVersion // newest first, also those that do not hold yet
}

var errNoType = fault.New(fault.NotFound, "cert.type.not_found")

// Type returns the version of a type that holds today. fault.NotFound "cert.type.not_found".
func (s *Service) Type(ctx context.Context, key string) (v TypeView, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		v, err = typeView(ctx, tx, key)
		return err
	})
	return v, err
}

func typeView(ctx context.Context, tx *db.Tx, key string) (v TypeView, err error) {
	t, err := latestType(ctx, tx, key)
	if errors.Is(err, db.ErrNotFound) {
		return v, errNoType
	}
	if err != nil {
		return v, err
	}
	type row struct {
		Version     int64
		EffectiveOn string
		DeployedAt  time.Time
	}
	rows, err := db.All[row](ctx, tx, `SELECT version, effective_on, deployed_at FROM cert_type WHERE type_key = $1 ORDER BY version DESC`, key)
	for _, r := range rows {
		v.Versions = append(v.Versions, TypeVersion{r.Version, r.EffectiveOn, civil.Of(r.DeployedAt)})
		if r.Version == t.Version {
			v.EffectiveOn = r.EffectiveOn
		}
	}
	v.Type = t.Type
	v.Kept = Kept{TypeKey: key, Version: t.Version, Code: t.Code, Name: t.Name, Department: t.Department, HolderKind: t.Holder, EffectiveOn: v.EffectiveOn}
	return v, err
}

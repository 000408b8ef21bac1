package assembly

import (
	"context"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// kept is how long a log about somebody is kept at least: six months (《网络安全法》第二十三条).
const kept = 184 * 24 * time.Hour

// Erasure says what an erasure emptied.
type Erasure struct {
	Leaves       int64 `json:"leaves"`
	Certificates int   `json:"certificates"`
}

// ErasePerson makes a person or company unlinkable to the log and the register of certificates, in one transaction: the subject and the accounts it signs in
// with as a citizen, whose leaves name the account alone. What somebody did in office under another account is the office's record and stays. fault.Forbidden for
// who may not manage accounts, fault.NotFound for nobody, fault.Conflict "log.erase_too_soon" within six months of the last leaf about either,
// "cert.erase_in_force" while a certificate is in force.
func (a *App) ErasePerson(ctx context.Context, by actor.Actor, subject string) (out Erasure, err error) {
	if err := a.Offices.Check(by, office.ActAccounts, actor.Target{}); err != nil {
		return out, err
	}
	err = a.DB.Update(ctx, func(tx *db.Tx) error {
		out = Erasure{}
		names, err := a.Accounts.CitizenAccounts(ctx, tx, subject)
		if err != nil {
			return err
		}
		names = append(names, subject)
		if err := a.mayErase(ctx, tx, names); err != nil {
			return err
		}
		if out.Certificates, err = a.Certificates.EraseHolder(ctx, tx, subject); err != nil {
			return err
		}
		for _, name := range names {
			n, err := a.Audit.Erase(ctx, tx, name)
			if err != nil {
				return err
			}
			out.Leaves += n
		}
		return nil
	})
	return out, err
}

// mayErase refuses when no leaf names any of these, and within six months of the last that does.
func (a *App) mayErase(ctx context.Context, tx *db.Tx, names []string) error {
	var last time.Time
	for _, name := range names {
		at, err := a.Audit.Last(ctx, tx, name)
		if err != nil {
			return err
		}
		if at.After(last) {
			last = at
		}
	}
	switch {
	case last.IsZero():
		return fault.New(fault.NotFound, "log.erase_nobody")
	case tx.Now.Before(last.Add(kept)):
		return fault.New(fault.Conflict, "log.erase_too_soon")
	}
	return nil
}

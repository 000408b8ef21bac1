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

// ErasePerson makes a person or company unlinkable to the log and the register of certificates, in one transaction. fault.Forbidden for who may not
// manage accounts, fault.NotFound for nobody, fault.Conflict "log.erase_too_soon" within six months of the last leaf about the subject, "cert.erase_in_force"
// while a certificate is in force.
func (a *App) ErasePerson(ctx context.Context, by actor.Actor, subject string) (out Erasure, err error) {
	if err := a.Offices.Check(by, office.ActAccounts, actor.Target{}); err != nil {
		return out, err
	}
	err = a.DB.Update(ctx, func(tx *db.Tx) error {
		out = Erasure{}
		last, err := a.Audit.BySubject(ctx, tx, subject, "", 1)
		switch {
		case err != nil:
			return err
		case len(last) == 0:
			return fault.New(fault.NotFound, "log.erase_nobody")
		case tx.Now.Before(last[0].At.Add(kept)):
			return fault.New(fault.Conflict, "log.erase_too_soon")
		}
		if out.Certificates, err = a.Certificates.EraseHolder(ctx, tx, subject); err != nil {
			return err
		}
		out.Leaves, err = a.Audit.Erase(ctx, tx, subject)
		return err
	})
	return out, err
}

package account

import (
	"context"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// SetHome says where by's person or company is at home (常住地), 12 digits, a township or village: what a township receives, its own township does.
// fault.Invalid "account.bad_home" for anything less exact.
func (s *Service) SetHome(ctx context.Context, by actor.Actor, code string) error {
	if by.For() == "" {
		return fault.New(fault.Forbidden, "account.people_only")
	}
	r, err := region.Parse(code)
	if err != nil || r.Level() < region.Township {
		return fault.New(fault.Invalid, "account.bad_home").Field("region", "account.bad_home")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if by.Company != "" {
			if err := s.mayManage(ctx, tx, by, by.Company); err != nil {
				return err
			}
		}
		if err := tx.Later(ctx, `UPDATE account_subject SET region = $1 WHERE id = $2`, r.String(), by.For()); err != nil {
			return err
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "account.home_set", Actor: by.Name(), Subject: by.For(), Object: "account:" + by.Account, Basis: "本人填写"})
	})
	s.Forget()
	return err
}

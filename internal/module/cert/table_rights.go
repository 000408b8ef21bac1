package cert

import (
	"context"
	"errors"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/certcode"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Tables knows what an office may have issued from a table, met by the item and the office module: whether an item that the office itself has in use
// leads to a type, and what an account is in an office today.
type Tables interface {
	Grants(ctx context.Context, tx *db.Tx, typeKey, officePath string) (bool, error)
	Officer(ctx context.Context, tx *db.Tx, account, officePath string) (actor.Actor, error)
}

// mayIssue refuses tables that by may not have issued for an office: it must be theirs, and decide about the type, alone. fault.Forbidden
// "office.no_right", "cert.paper.not_granted"; fault.Invalid "cert.paper.joint", field "type".
func (s *Service) mayIssue(ctx context.Context, tx *db.Tx, by actor.Actor, t Type, office string) error {
	if err := s.needs.Rights.Check(by, ActIssue, actor.Target{OfficePath: office}); err != nil {
		return err
	}
	ok, err := s.needs.Tables.Grants(ctx, tx, t.Key, office)
	switch {
	case err != nil:
		return err
	case !ok:
		return fault.New(fault.Forbidden, "cert.paper.not_granted")
	case len(t.Joint) > 0:
		return fault.New(fault.Invalid, "cert.paper.joint").Field("type", "cert.paper.joint")
	}
	return nil
}

// issuable refuses what no certificate could be numbered with. fault.Invalid "cert.paper.no_code", "cert.paper.no_kind", field "type".
func issuable(t Type, issuer Issuer) error {
	if _, err := uscc.Parse(issuer.Code); err != nil {
		return fault.New(fault.Invalid, "cert.paper.no_code").Field("type", "cert.paper.no_code").Because(err)
	}
	if _, err := certcode.ParseKind(t.Code); err != nil {
		return fault.New(fault.Invalid, "cert.paper.no_kind").Field("type", "cert.paper.no_kind").Because(err)
	}
	return nil
}

// stillMay asks again, when a table is issued, what was asked when it was ordered: posts and items may have ended meanwhile.
func (s *Service) stillMay(ctx context.Context, tx *db.Tx, m tableRow, t Type) error {
	officer, err := s.needs.Tables.Officer(ctx, tx, m.MadeBy, m.OfficePath)
	if err != nil {
		return err
	}
	return s.mayIssue(ctx, tx, officer, t, m.OfficePath)
}

// putBack takes an order back that is refused by now: the table waits, as checked, for somebody who may. What of it was issued stays.
func (s *Service) putBack(ctx context.Context, id string, refused error) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Later(ctx, `UPDATE cert_import SET state = 'checked' WHERE id = $1 AND state = 'running'`, id)
	})
	return errors.Join(refused, err)
}

// ordered writes down who ordered a table.
func (s *Service) ordered(ctx context.Context, tx *db.Tx, by actor.Actor, m PaperImport, t Type) error {
	return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "cert.table_ordered", Actor: by.Name(), Office: m.OfficePath, Object: "cert-import:" + m.ID, Basis: t.Basis,
		Data: map[string]any{"type": t.Key, "rows": m.GoodRows}})
}

package demo

import (
	"context"
	"fmt"

	"github.com/BurntSushi/toml"

	"xiangyun/internal/module/account"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/fault"
)

// sealed is seals.toml.
type sealed struct{ Office, Company []keeper }

// keeper is an owner with its seals and who holds them.
type keeper struct {
	Path, Code, Name string
	Kinds            []seal.Kind
	Manager          string // logins
	Operators        []string
}

func (s Services) seals(ctx context.Context) error {
	var all sealed
	if _, err := toml.DecodeFS(files, "seals.toml", &all); err != nil {
		return err
	}
	for _, k := range all.Office {
		if err := s.seal(ctx, seal.Office, k.Path, k); err != nil {
			return err
		}
	}
	for _, k := range all.Company {
		c, err := s.Accounts.Lookup(ctx, program, account.Company, k.Code, k.Name)
		if err != nil {
			return err
		}
		if err := s.seal(ctx, seal.Company, c.ID, k); err != nil {
			return err
		}
	}
	return s.makeSeals(ctx)
}

// seal applies for an owner's seals; those that are there already are passed over.
func (s Services) seal(ctx context.Context, kind seal.OwnerKind, owner string, k keeper) error {
	holder := func(login string) (string, error) {
		a, err := s.Accounts.Find(ctx, program, login)
		if kind == seal.Company {
			return a.SubjectID, err
		}
		return a.ID, err
	}
	manager, err := holder(k.Manager)
	if err != nil {
		return fmt.Errorf("manager %s: %w", k.Manager, err)
	}
	for _, of := range k.Kinds {
		id, err := s.Seals.Apply(ctx, program, seal.Application{Owner: kind, OwnerID: owner, Kind: of, Years: seal.MostYears, Reason: "启用电子印章", Manager: manager})
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return fmt.Errorf("seal %s of %s: %w", of, owner, err)
		}
		for _, login := range k.Operators {
			operator, err := holder(login)
			if err == nil {
				err = s.Seals.Appoint(ctx, program, id, operator, seal.Operator)
			}
			if err != nil {
				return fmt.Errorf("operator %s: %w", login, err)
			}
		}
	}
	return nil
}

// makeSeals approves and makes whatever was applied for, what an earlier start left half made too.
func (s Services) makeSeals(ctx context.Context) error {
	waiting, err := s.Seals.Applications(ctx, program, "", 100)
	if err != nil {
		return err
	}
	for _, one := range waiting.Rows {
		if one.State == seal.Applied {
			if err := s.Seals.Examine(ctx, program, one.ID, true, ""); err != nil {
				return err
			}
		}
		if err := s.Seals.Make(ctx, program, one.ID); err != nil {
			return fmt.Errorf("making %s: %w", one.ID, err)
		}
	}
	return nil
}

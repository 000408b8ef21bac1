package demo

import (
	"context"
	"fmt"

	"github.com/BurntSushi/toml"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/cert"
)

// justice is the path of the province's department of justice (司法厅).
const justice = "22d12"

type lawyer struct {
	Name          string
	Person        string
	Number        string
	Firm          string
	Kind          string
	Qualification string
	Issued        civil.Date
	Login         string // of a lawyer who has an account
}

// lawyers brings in the register of lawyers, certificates and all.
func (s Services) lawyers(ctx context.Context) error {
	var r struct{ Lawyer []lawyer }
	if _, err := toml.DecodeFS(files, "lawyers.toml", &r); err != nil {
		return err
	}
	for _, l := range r.Lawyer {
		who := account.NewSubject{Kind: account.Person, Name: l.Name, Number: l.Person, Level: verifiedLevel}
		var id string
		var err error
		if l.Login != "" {
			var a account.Account
			a, err = s.Accounts.Create(ctx, program, account.NewAccount{Login: l.Login, Password: Password, Use: account.Citizen, Subject: who})
			id = a.SubjectID
		} else {
			id, err = s.Accounts.PutSubject(ctx, program, who)
		}
		if err != nil {
			return fmt.Errorf("lawyer %s: %w", l.Number, err)
		}
		_, err = s.Certificates.IssueRegistered(ctx, program, cert.Registered{TypeKey: "lawyer", OfficePath: justice, Subject: id, HolderKind: "person", Holder: l.Name,
			HolderCode: l.Person, Number: l.Number, IssuedOn: l.Issued, Values: map[string]any{"name": l.Name, "number": l.Number, "firm": l.Firm, "kind": l.Kind,
				"qualification": l.Qualification, "person_number": l.Person}})
		if err != nil {
			return fmt.Errorf("certificate of lawyer %s: %w", l.Number, err)
		}
	}
	return nil
}

package assembly

import (
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// TestWhoOwnsSeals meets the needs of seals with the real offices and accounts.
func TestWhoOwnsSeals(t *testing.T) {
	a, _ := app(t)
	ctx, program := t.Context(), actor.Program("test")
	person := func(login, number string, use account.Use) account.Account {
		made, err := a.Accounts.Create(ctx, program, account.NewAccount{Login: login, Password: testPassword, Use: use,
			Subject: account.NewSubject{Kind: account.Person, Name: "王建国", Number: number, Level: 3}})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	chief, agent := person("chief.seal", "220102198506120014", account.Officer), person("agent.seal", "220102199003072318", account.Citizen)
	if err := a.Offices.Appoint(ctx, program, office.Appointment{AccountID: chief.ID, Role: office.RoleChief, OfficePath: "220102d31"}); err != nil {
		t.Fatal(err)
	}
	company, err := a.Accounts.PutSubject(ctx, program, account.NewSubject{Kind: account.Company, Name: "长春市南关区祥和餐饮有限公司", Number: "91220102MA1P8Q9R4L",
		Representative: "王建国", Level: 3, Region: "220102001001"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Accounts.AddAgent(ctx, program, company, agent.SubjectID, account.RoleAgent); err != nil {
		t.Fatal(err)
	}
	owners, cases := sealOwners{a.Offices, a.Accounts}, sealedCases{a.Cases}
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		for _, want := range []struct {
			kind               seal.OwnerKind
			id, name, person   string
			holder, holderName string
		}{{seal.Office, "220102d31", "长春市南关区市场监督管理局", "", chief.ID, "王建国"},
			{seal.Company, company, "长春市南关区祥和餐饮有限公司", "王建国", agent.SubjectID, "王*国"}} {
			o, err := owners.Owner(ctx, tx, want.kind, want.id)
			if err != nil || o.Name != want.name || o.Person != want.person || len(o.Region) != 12 || len(o.Code) != 18 {
				t.Errorf("%+v, %v", o, err)
			}
			people, err := owners.People(ctx, tx, o)
			if err != nil || len(people) != 1 || people[0].ID != want.holder || people[0].Name != want.holderName || people[0].Subject == "" {
				t.Errorf("%+v, %v", people, err)
			}
		}
		if _, err := owners.Owner(ctx, tx, seal.Company, agent.SubjectID); !fault.Is(err, fault.NotFound) {
			t.Errorf("a person owns a company's seal: %v", err)
		}
		if err := cases.Handled(ctx, tx, program, "220102031261124000001", "220102d31"); !fault.Is(err, fault.Conflict) {
			t.Errorf("a case there is not: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Accounts.AddAgent(ctx, program, company, chief.SubjectID, account.RoleRepresentative); err != nil {
		t.Fatal(err)
	}
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		for person, leads := range map[string]bool{agent.SubjectID: false, chief.SubjectID: true, "nobody": false} {
			manages, represents, err := owners.Leads(ctx, tx, person, company)
			if err != nil || manages != leads || represents != leads {
				t.Errorf("%s: %v, %v, %v", person, manages, represents, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

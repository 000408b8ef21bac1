package certtest

import (
	"context"
	"testing"

	"xiangyun/internal/adapter/hsm"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/platform/db"
)

// program acts where no person does.
var program = actor.Program("test")

// seals makes the seals of the register's world. No office has one before [World.MakeSeal].
func (w *World) seals(t testing.TB) (*seal.Service, *hsm.Simulator) {
	files, err := hsm.OpenFiles(t.TempDir(), w.Keys)
	if err != nil {
		t.Fatal(err)
	}
	device := hsm.NewSimulator(files)
	return seal.New(w.DB, seal.Needs{Rights: w.Offices, Owners: owners{w}, Notices: untold{}, Log: w.Log, Secrets: w.Keys, Keys: hsm.Keys{Device: device}, Outlines: Paper(t),
		BuiltIn: true}), device
}

// MakeSeal makes the seal of the office that issues food operation licences.
func (w *World) MakeSeal(t testing.TB) seal.ID {
	t.Helper()
	return w.MakeSealOf(t, "220102d31")
}

// MakeSealOf makes the seal of an office.
func (w *World) MakeSealOf(t testing.TB, path string) seal.ID {
	t.Helper()
	ctx := context.Background()
	id, err := w.Seals.Apply(ctx, program, seal.Application{Owner: seal.Office, OwnerID: path, Kind: seal.Official, Years: 5, Reason: "启用", Manager: Chief.Account})
	if err == nil {
		err = w.Seals.Examine(ctx, program, id, true, "")
	}
	if err == nil {
		err = w.Seals.Make(ctx, program, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// owners meets seal.Owners with the register's offices.
type owners struct{ w *World }

// Owner implements seal.Owners.
func (o owners) Owner(ctx context.Context, tx *db.Tx, kind seal.OwnerKind, id string) (seal.Owner, error) {
	issuer, err := o.w.Issuer(ctx, tx, id)
	return seal.Owner{Kind: kind, ID: id, Name: issuer.Name, Code: issuer.Code, Region: issuer.Region.String()}, err
}

// People implements seal.Owners.
func (o owners) People(context.Context, *db.Tx, seal.Owner) ([]seal.Person, error) {
	return []seal.Person{{ID: Chief.Account, Name: "周丽华"}}, nil
}

// Leads implements seal.Owners: no company here has a seal.
func (o owners) Leads(context.Context, *db.Tx, string, string) (manages, represents bool, err error) {
	return false, false, nil
}

// untold meets seal.Notices.
type untold struct{}

// Tell implements seal.Notices.
func (untold) Tell(context.Context, *db.Tx, string, string, string, ...string) error { return nil }

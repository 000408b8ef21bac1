package assembly

import (
	"context"
	"net/http"
	"path/filepath"
	"time"

	"xiangyun/internal/adapter/hsm"
	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/seal"
	"xiangyun/internal/module/seal/sealweb"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/timestamp"
)

// sealKeysFolder holds the keys of seals below the folder of keys, so that a backup has them.
const sealKeysFolder = "seals"

// seals makes the service of seals. Keys stand in files and certificates come from the built-in authority in the demo province only as far as pictures
// and names say 测试; in earnest certificates are brought from outside.
func (a *App) seals(writer *paper.Writer) (*seal.Service, error) {
	files, err := hsm.OpenFiles(filepath.Join(a.Config.Data, keysFolder, sealKeysFolder), a.Keys)
	if err != nil {
		return nil, err
	}
	a.sealKeys = files
	needs := seal.Needs{Rights: a.Offices, Owners: sealOwners{a.Offices, a.Accounts}, Cases: sealedCases{a.Cases}, Notices: desks{a.Notices}, Log: a.Audit,
		Secrets: a.Keys, Keys: hsm.Keys{Device: files}, Outlines: writer, BuiltIn: a.Config.Demo}
	if a.Config.TimestampURL != "" {
		needs.Time = clock{a}
	}
	return seal.New(a.DB, needs), nil
}

// clock asks the authority of timestamps of the configuration.
type clock struct{ app *App }

// timestampLimit is how long it may take.
const timestampLimit = 10 * time.Second

// Timestamp meets seal.Needs.Time.
func (c clock) Timestamp(ctx context.Context, over []byte) ([]byte, error) {
	roots, err := c.app.Seals.TimestampRoots(ctx)
	if err != nil {
		return nil, err
	}
	client := timestamp.Client{URL: c.app.Config.TimestampURL, Roots: roots, HTTP: &http.Client{Timeout: timestampLimit}}
	return client.Timestamp(ctx, over)
}

// sealOwners meets seal.Owners with the office and account modules.
type sealOwners struct {
	offices  *office.Service
	accounts *account.Service
}

// Owner implements seal.Owners.
func (o sealOwners) Owner(ctx context.Context, tx *db.Tx, kind seal.OwnerKind, id string) (seal.Owner, error) {
	if kind == seal.Office {
		found, err := o.offices.ByPath(ctx, tx, id)
		return seal.Owner{Kind: kind, ID: found.Path, Name: found.Name, Code: found.Code, Region: found.Region.String()}, err
	}
	// The representative's name stands in a seal that the company itself applies for: nobody else reads it.
	found, err := o.accounts.Reveal(ctx, tx, id)
	if err == nil && found.Kind != account.Company {
		err = fault.New(fault.NotFound, "account.no_subject")
	}
	return seal.Owner{Kind: kind, ID: found.ID, Name: found.Name, Code: found.Number, Region: found.Region, Person: found.Representative}, err
}

// People implements seal.Owners.
func (o sealOwners) People(ctx context.Context, tx *db.Tx, owner seal.Owner) (out []seal.Person, err error) {
	if owner.Kind == seal.Company {
		agents, err := o.accounts.AgentsOf(ctx, tx, owner.ID)
		for _, a := range agents {
			out = append(out, seal.Person{ID: a.ID, Subject: a.ID, Name: a.Name})
		}
		return out, err
	}
	held, err := o.offices.Holders(ctx, tx, owner.ID)
	if err != nil {
		return nil, err
	}
	for i, p := range held {
		if i > 0 && held[i-1].AccountID == p.AccountID {
			continue
		}
		subject, name, err := o.accounts.PersonOf(ctx, tx, p.AccountID)
		if fault.Is(err, fault.NotFound) {
			continue // shut
		}
		if err != nil {
			return nil, err
		}
		out = append(out, seal.Person{ID: p.AccountID, Subject: subject, Name: name})
	}
	return out, nil
}

// Leads implements seal.Owners.
func (o sealOwners) Leads(ctx context.Context, tx *db.Tx, person, company string) (manages, represents bool, err error) {
	role, err := o.accounts.RoleIn(ctx, tx, company, person)
	return role == account.RoleRepresentative || role == account.RoleManager, role == account.RoleRepresentative, err
}

// sealedCases meets seal.Cases with the casefile module.
type sealedCases struct{ cases *casefile.Service }

// Handled implements seal.Cases.
func (c sealedCases) Handled(ctx context.Context, tx *db.Tx, by actor.Actor, number, officePath string) error {
	path, err := c.cases.HandledBy(ctx, tx, by, number)
	if fault.Is(err, fault.NotFound) || err == nil && path != officePath {
		return fault.New(fault.Conflict, "seal.no_business")
	}
	return err
}

// sealer meets casefile.Sealer with the seal module, which is made after casefile.
type sealer struct{ app *App }

// HasSeal implements casefile.Sealer.
func (s sealer) HasSeal(ctx context.Context, officePath string, format paper.Format) (bool, error) {
	st, err := s.app.Seals.ImprintOf(ctx, actor.Program("casefile"), officePath)
	return err == nil && st != nil && (format == paper.OFD || st.SignsPDF()), err
}

// SealPaper implements casefile.Sealer.
func (s sealer) SealPaper(ctx context.Context, in casefile.ToSeal) (content []byte, ok bool, err error) {
	program := actor.Program("casefile")
	st, err := s.app.Seals.ImprintOf(ctx, program, in.OfficePath)
	if err != nil || st == nil {
		return nil, false, err
	}
	place, ok := in.Document.SealPlace(st.Width)
	if !ok {
		return nil, false, nil
	}
	shown := st.Sealing(in.At, place)
	f, err := in.Document.Sealed(shown).File(in.Format, paper.Slot{})
	if err != nil {
		return nil, false, err
	}
	affix := func(property string, digest []byte) (whole, signature []byte, err error) {
		a, err := s.app.Seals.Affix(ctx, program, seal.Use{Seal: st.ID, Digest: digest, Property: property, Business: seal.ForCase, BusinessID: in.CaseNumber, Client: "job"})
		return st.Whole(), a.Signature, err
	}
	if in.Format == paper.OFD {
		err = f.Affix(shown, affix)
	} else {
		err = f.Sign(func(field string, digest []byte) ([]byte, error) {
			_, signature, err := affix(field, digest)
			return signature, err
		})
	}
	return f.Bytes(), err == nil, err
}

// Trust says whom the check of documents believes: the roots of this installation. Where none was brought yet it believes nobody.
func (a *App) Trust(ctx context.Context) (ses.Trust, error) {
	t, err := a.Seals.Trust(ctx)
	if fault.HasKey(err, "seal.no_authority") {
		return ses.Trust{}, nil
	}
	return t, err
}

// sealOffices are the offices whose seals by may apply for: those he heads.
func (a *App) sealOffices(ctx context.Context, by actor.Actor) (out []sealweb.Office, err error) {
	err = a.DB.View(ctx, func(tx *db.Tx) error {
		found, err := a.Offices.ByPaths(ctx, tx, a.Offices.Reach(by, seal.ActOwn))
		for _, path := range a.Offices.Reach(by, seal.ActOwn) {
			if o, ok := found[path]; ok {
				out = append(out, sealweb.Office{Path: o.Path, Name: o.Name})
			}
		}
		return err
	})
	return out, err
}

package assembly

import (
	"context"
	"errors"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/workday"
	"xiangyun/internal/module/account"
	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/notice"
	"xiangyun/internal/module/office"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// applicants meets casefile.Subjects with the account module.
type applicants struct{ accounts *account.Service }

// Applicant implements casefile.Subjects.
func (a applicants) Applicant(ctx context.Context, tx *db.Tx, id string) (casefile.Applicant, error) {
	s, err := a.accounts.Reveal(ctx, tx, id)
	if err != nil {
		return casefile.Applicant{}, err
	}
	shown := s.Name // a company's name is public
	if s.Kind == account.Person {
		shown = account.MaskName(s.Name)
	}
	return casefile.Applicant{ID: s.ID, Kind: string(s.Kind), Name: s.Name, Shown: shown, Number: s.Number, Phone: s.Phone,
		Representative: s.Representative, Address: s.Address, Region: s.Region, Level: s.Level}, nil
}

// workplaces meets casefile.Offices with the office module.
type workplaces struct{ offices *office.Service }

// Calendar implements casefile.Offices.
func (w workplaces) Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error) {
	return w.offices.Calendar(ctx, tx, r)
}

// Places implements casefile.Offices: the office of the entry; the service centre of its government; the township or street the applicant lives
// in, when it lies in that government's region; and the departments the item asks for an opinion.
func (w workplaces) Places(ctx context.Context, tx *db.Tx, e *item.Entry, applicantRegion string) (workflow.Places, error) {
	government := e.Region.Prefix()
	places := workflow.Places{"office": {{ID: e.OfficeID, Path: e.OfficePath, Name: e.OfficeName}}}
	centre, err := w.offices.ByPath(ctx, tx, government+"d"+office.CentreDepartment)
	switch {
	case err == nil:
		places["centre"] = []workflow.Office{{ID: centre.ID, Path: centre.Path, Name: centre.Name}}
	case fault.Is(err, fault.NotFound):
		places["centre"] = places["office"] // a government without a hall: its office receives for itself
	default:
		return nil, err
	}
	if places["township"], err = w.township(ctx, tx, e, applicantRegion); err != nil {
		return nil, err
	}
	for _, o := range e.Opinions {
		asked, err := w.offices.ByPath(ctx, tx, government+"d"+o.Department)
		if err != nil {
			return nil, err
		}
		places["opinions"] = append(places["opinions"], workflow.Office{ID: asked.ID, Path: asked.Path, Name: asked.Name})
	}
	return places, nil
}

// townshipPrefix is how long the path of a township or street is.
const townshipPrefix = 9

// township is the township or street of an applicant; none when the region is not known so far or lies elsewhere.
func (w workplaces) township(ctx context.Context, tx *db.Tx, e *item.Entry, applicantRegion string) ([]workflow.Office, error) {
	r, err := region.Parse(applicantRegion)
	if err != nil || len(r.Prefix()) < townshipPrefix || !e.Region.Contains(r) {
		return nil, nil
	}
	o, err := w.offices.ByPath(ctx, tx, r.Prefix()[:townshipPrefix])
	if err != nil {
		return nil, err
	}
	return []workflow.Office{{ID: o.ID, Path: o.Path, Name: o.Name}}, nil
}

// held meets casefile.Certificates with the cert module, which is made after casefile because it issues on its approvals.
type held struct{ app *App }

var errNoCertificates = errors.New("certificates are asked for before the program was put together")

// Held implements casefile.Certificates.
func (h held) Held(ctx context.Context, tx *db.Tx, subject, certType string) (string, error) {
	if h.app.Certificates == nil {
		return "", errNoCertificates
	}
	return h.app.Certificates.Held(ctx, tx, subject, certType)
}

// issuers meets cert.Offices with the office module.
type issuers struct{ offices *office.Service }

// Issuer implements cert.Offices.
func (i issuers) Issuer(ctx context.Context, tx *db.Tx, path string) (cert.Issuer, error) {
	o, err := i.offices.ByPath(ctx, tx, path)
	return cert.Issuer{Name: o.Name, Code: o.Code, Region: o.Region}, err
}

// Place implements cert.Offices.
func (i issuers) Place(code string) string {
	r, err := region.Parse(code)
	if err != nil || i.offices.Directory().Name(r) == "" {
		return ""
	}
	return office.Place(i.offices.Directory(), r)
}

// holders meets cert's Notices with the notice module.
type holders struct{ notices *notice.Service }

// Send implements cert.Needs.Notices.
func (h holders) Send(ctx context.Context, tx *db.Tx, n cert.Notice) error {
	return h.notices.Send(ctx, tx, notice.Message{Subject: n.Subject, Key: n.Key, Args: n.Args, Link: n.Link})
}

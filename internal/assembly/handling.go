package assembly

import (
	"context"
	"errors"
	"xiangyun/internal/gov/actor"

	"xiangyun/internal/gov/civil"
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

// Name implements casefile.Subjects.
func (a applicants) Name(ctx context.Context, tx *db.Tx, id string) (string, error) {
	return a.accounts.Name(ctx, tx, id)
}

// workplaces meets casefile.Offices with the office module.
type workplaces struct{ offices *office.Service }

// Calendar implements casefile.Offices.
func (w workplaces) Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error) {
	return w.offices.Calendar(ctx, tx, r)
}

// Places implements casefile.Offices, each place by the office that answers there now: the office of the entry and the one above it; the service centre of its government; the village and the township or
// street the applicant lives in, when they lie in that government's region; and the departments the item asks for an opinion.
func (w workplaces) Places(ctx context.Context, tx *db.Tx, e *item.Entry, applicantRegion string) (workflow.Places, error) {
	government := e.Region.Prefix()
	hall, township, village := government+"d"+office.CentreDepartment, townshipOf(e, applicantRegion), villageOf(e, applicantRegion)
	paths := []string{hall, township, village}
	for _, o := range e.Opinions {
		paths = append(paths, government+"d"+o.Department)
	}
	opinions := len(paths)
	paths = append(paths, office.Higher(e.OfficePath)...)
	found, err := w.offices.Answering(ctx, tx, append(paths[:len(paths):len(paths)], e.OfficePath))
	if err != nil {
		return nil, err
	}
	at := func(path string) []workflow.Office {
		o, ok := found[path]
		if !ok {
			return nil
		}
		return []workflow.Office{officeOf(o)}
	}
	places := workflow.Places{"office": {{ID: e.OfficeID, Path: e.OfficePath, Name: e.OfficeName}}, "centre": at(hall), "township": at(township), "village": at(village)}
	if heir, ok := found[e.OfficePath]; ok && heir.Path != e.OfficePath {
		places["office"] = []workflow.Office{officeOf(heir)} // the entry's office was dissolved
	}
	if len(places["centre"]) == 0 {
		places["centre"] = places["office"] // a government without a hall: its office receives for itself
	}
	if len(places["village"]) == 0 {
		places["village"] = places["township"] // nobody knows the village, or it has no office of its own
	}
	for _, path := range paths[3:opinions] {
		asked := at(path)
		if asked == nil {
			return nil, fault.New(fault.NotFound, "office.not_found")
		}
		places["opinions"] = append(places["opinions"], asked...)
	}
	for _, path := range paths[opinions:] { // from the top down: the last is the nearest
		if above := at(path); above != nil {
			places["superior"] = above
		}
	}
	return places, nil
}

// Colleagues implements casefile.Offices.
func (w workplaces) Colleagues(ctx context.Context, tx *db.Tx, government string) ([]workflow.Office, error) {
	list, err := w.offices.Staffed(ctx, tx, government, []string{"reviewer"})
	out := make([]workflow.Office, len(list))
	for i, o := range list {
		out[i] = workflow.Office{ID: o.ID, Path: o.Path, Name: o.Name}
	}
	return out, err
}

// At implements casefile.Offices.
func (w workplaces) At(ctx context.Context, tx *db.Tx, path string) (workflow.Office, error) {
	found, err := w.offices.Answering(ctx, tx, []string{path})
	if o, ok := found[path]; ok || err != nil {
		return officeOf(o), err
	}
	return workflow.Office{}, fault.New(fault.NotFound, "office.not_found")
}

// Remedies implements casefile.Offices.
func (w workplaces) Remedies(officePath string) (government, court string) {
	return office.Remedies(w.offices.Directory(), officePath)
}

// watched meets supervision.Offices with the office module.
type watched struct{ offices *office.Service }

// Calendar implements supervision.Offices.
func (w watched) Calendar(ctx context.Context, tx *db.Tx, r region.Code) (*workday.Calendar, error) {
	return w.offices.Calendar(ctx, tx, r)
}

// Names implements supervision.Offices.
func (w watched) Names(ctx context.Context, tx *db.Tx, paths []string) (map[string]string, error) {
	found, err := w.offices.ByPaths(ctx, tx, paths)
	names := make(map[string]string, len(found))
	for path, o := range found {
		names[path] = o.Name
	}
	return names, err
}

// How long the paths of townships or streets and of villages are.
const (
	townshipPrefix = 9
	villagePrefix  = 12
)

// townshipOf is the path of an applicant's township or street; "" when the region is not known so far or lies elsewhere.
func townshipOf(e *item.Entry, applicantRegion string) string {
	r, err := region.Parse(applicantRegion)
	if err != nil || len(r.Prefix()) < townshipPrefix || !e.Region.Contains(r) {
		return ""
	}
	return r.Prefix()[:townshipPrefix]
}

// villageOf is the path of an applicant's village or community; "" when it is not known or lies elsewhere.
func villageOf(e *item.Entry, applicantRegion string) string {
	r, err := region.Parse(applicantRegion)
	if err != nil || len(r.Prefix()) < villagePrefix || !e.Region.Contains(r) {
		return ""
	}
	return r.Prefix()
}

// held meets casefile.Certificates and item.Certificates with the cert module, which is made after both because it issues on approvals of cases.
type held struct{ app *App }

var errNoCertificates = errors.New("certificates are asked for before the program was put together")

// Held implements casefile.Certificates.
func (h held) Held(ctx context.Context, tx *db.Tx, subject string, types ...string) (string, error) {
	if h.app.Certificates == nil {
		return "", errNoCertificates
	}
	return h.app.Certificates.Held(ctx, tx, subject, types...)
}

// Unknown implements item.Certificates.
func (h held) Unknown(ctx context.Context, tx *db.Tx, keys []string) ([]string, error) {
	if h.app.Certificates == nil {
		return nil, errNoCertificates
	}
	return h.app.Certificates.Unknown(ctx, tx, keys)
}

// Issued implements casefile.Certificates.
func (h held) Issued(ctx context.Context, tx *db.Tx, certType string) (bool, error) {
	if h.app.Certificates == nil {
		return false, errNoCertificates
	}
	return h.app.Certificates.Issued(ctx, tx, certType)
}

// Expires implements casefile.Certificates.
func (h held) Expires(ctx context.Context, tx *db.Tx, identifier string) (civil.Date, error) {
	if h.app.Certificates == nil {
		return civil.Date{}, errNoCertificates
	}
	return h.app.Certificates.Expires(ctx, tx, identifier)
}

// LedTo implements casefile.Certificates.
func (h held) LedTo(ctx context.Context, tx *db.Tx, caseID string) (name, identifier string, err error) {
	if h.app.Certificates == nil {
		return "", "", errNoCertificates
	}
	return h.app.Certificates.LedTo(ctx, tx, caseID)
}

// rated meets casefile.Ratings with the rating module, which is made after casefile because it rates its cases.
type rated struct{ app *App }

// Satisfaction implements casefile.Ratings.
func (r rated) Satisfaction(ctx context.Context, tx *db.Tx, caseID string) (string, error) {
	if r.app.Ratings == nil {
		return "", errors.New("ratings are asked for before the program was put together")
	}
	return r.app.Ratings.Satisfaction(ctx, tx, caseID)
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

// ByCode implements cert.Offices.
func (i issuers) ByCode(ctx context.Context, tx *db.Tx, code string) (path, name string, err error) {
	found, err := i.offices.ByCodes(ctx, tx, []string{code})
	return found[code].Path, found[code].Name, err
}

// tables meets cert.Tables with the item and the office module.
type tables struct {
	*item.Service
	offices *office.Service
}

// Officer implements cert.Tables.
func (t tables) Officer(ctx context.Context, tx *db.Tx, account, officePath string) (actor.Actor, error) {
	duties, _, _, err := t.offices.Duties(ctx, tx, account)
	return actor.Actor{Kind: actor.Officer, Account: account, OfficePath: officePath, Duties: duties}, err
}

// known meets cert.Subjects with the account module.
type known struct{ accounts *account.Service }

// Called implements cert.Subjects.
func (k known) Called(ctx context.Context, tx *db.Tx, id string) (name, kind string, err error) {
	s, err := k.accounts.Subject(ctx, tx, id)
	return s.Name, string(s.Kind), err
}

// Find implements cert.Subjects.
func (k known) Find(ctx context.Context, tx *db.Tx, kind, number, name string) (id, shown string, err error) {
	s, err := k.accounts.FindSubject(ctx, tx, account.Kind(kind), number, name)
	return s.ID, s.Name, err
}

// Put implements cert.Subjects.
func (k known) Put(ctx context.Context, by actor.Actor, list []cert.HolderOf) ([]string, error) {
	subjects := make([]account.NewSubject, len(list))
	for i, h := range list {
		subjects[i] = account.NewSubject{Kind: account.Kind(h.Kind), Number: h.Number, Name: h.Name}
	}
	return k.accounts.PutMany(ctx, by, subjects)
}

// holders meets cert's Notices with the notice module.
type holders struct{ notices *notice.Service }

// Send implements cert.Needs.Notices.
func (h holders) Send(ctx context.Context, tx *db.Tx, n cert.Notice) error {
	return h.notices.Send(ctx, tx, notice.Message{Subject: n.Subject, Key: n.Key, Args: n.Args, Link: n.Link})
}

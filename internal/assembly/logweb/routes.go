// Package logweb is the transparency log (存证日志) as people and machines see it.
//
//	/log                      what the log is, its newest checkpoint, its keys, how to check it         everybody
//	/log/leaves/{position}    one leaf with its proof; what it says only to its subject and the auditor
//	/log/leaves/{position}/proof   the proof as a file                                             everybody
//	/cases/{number}/proof     every leaf of a case with its proof                                  who may see the case
//	/me/data                  我的数据: who read or changed my data, when, why, and the proof of it      signed in
//	/me/data/export           the same as CSV or JSON, with all that is needed to check it          signed in
//	/admin/audit              the auditor's search; every look is itself a leaf
//	/api/v1/log/…             checkpoint, keys and tiles as C2SP tlog-tiles has them
//	/api/v1/cases/…/proof     the leaves of a case with their inclusion proofs
//
// It belongs to no module: the log holds leaves of all of them.
package logweb

import (
	"context"
	"embed"
	"errors"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

// Locale holds this package's words.
//
//go:embed locale/*.toml
var Locale embed.FS

// Deps are what the pages are made from.
type Deps struct {
	DB      *db.DB
	Log     *audit.Log
	Offices *office.Service
	// MaySee refuses with the fault the person should be told when by may not see the case with this number.
	MaySee func(ctx context.Context, by actor.Actor, caseNumber string) error
	// Erased tells whether a certificate has ended and was erased at its holder's request.
	Erased func(ctx context.Context, tx *db.Tx, identifier string) (bool, error)
	// Address says how the outside reaches the server.
	Address func() string
	// CertificateKey is the public key that signs certificates, in PEM.
	CertificateKey string
}

// site answers the routes.
type site struct{ Deps }

// Routes adds every route of the package.
func Routes(r *web.Router, d Deps) {
	s := &site{d}
	r.Page("GET /log", web.Public, s.log)
	r.Page("GET /log/leaves", web.Public, s.find)
	r.Page("GET /log/leaves/{position}", web.Public, s.leaf)
	r.Page("GET /log/leaves/{position}/proof", web.Public, s.proofFile)
	r.Page("GET /cases/{number}/proof", web.SignedIn, s.caseProof)
	r.Page("GET /me/data", web.SignedIn, s.mine)
	r.Page("GET /me/data/export", web.SignedIn, s.exportMine)
	r.Page("GET /admin/audit", web.Admin, s.search)
	s.api(r)
}

// subjectOf returns whose data by may read as his own: the company acted for, or the person behind the account, officers too.
func subjectOf(by actor.Actor) string {
	if own := by.For(); own != "" {
		return own
	}
	return by.Subject
}

// owns tells whether a leaf is about by.
func owns(by actor.Actor, l audit.Leaf) bool {
	own := subjectOf(by)
	return by.SignedIn() && own != "" && l.Subject == own
}

// audits tells whether by may read what leaves say.
func (s *site) audits(by actor.Actor) bool {
	return s.Offices.Check(by, office.ActAudit, actor.Target{}) == nil
}

// absent turns what the log does not hold into what a person is told.
func absent(err error) error {
	if errors.Is(err, audit.ErrUnknown) {
		return fault.New(fault.NotFound, "log.not_found")
	}
	return err
}

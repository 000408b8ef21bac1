package cert_test

import (
	"context"
	"crypto"
	"errors"
	"testing"

	"xiangyun/internal/module/casefile"
	"xiangyun/internal/module/cert"
	"xiangyun/internal/module/cert/certtest"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/event"
	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/sm"
)

var errBroken = errors.New("broken")

// broken is a register one of whose neighbours fails.
type broken struct {
	w                                                         *certtest.World
	signer, seal, paper, event, notice, cases, office, forged bool
	log                                                       string
}

func (b *broken) needs(t *testing.T) cert.Needs {
	return cert.Needs{Rights: b.w.Offices, Cases: brokenCases{b}, Offices: brokenOffices{b}, Subjects: b.w, Notices: brokenNotices{b}, Events: brokenEvents{b},
		Log: brokenLog{b.w.Log, b}, Keys: brokenKeys{b.w.Keys, b}, Paper: brokenPaper{certtest.Paper(t), b}, Base: certtest.Base}
}

type brokenCases struct{ *broken }

func (b brokenCases) Granted(ctx context.Context, tx *db.Tx, id string) (casefile.Granted, error) {
	if b.cases {
		return casefile.Granted{}, errBroken
	}
	return b.w.Granted(ctx, tx, id)
}

type brokenOffices struct{ *broken }

func (b brokenOffices) Issuer(ctx context.Context, tx *db.Tx, path string) (cert.Issuer, error) {
	if b.office {
		return cert.Issuer{}, errBroken
	}
	return b.w.Issuer(ctx, tx, path)
}

func (b brokenOffices) Place(region string) string { return b.w.Place(region) }

func (b brokenOffices) ByCode(ctx context.Context, tx *db.Tx, code string) (path, name string, err error) {
	return b.w.ByCode(ctx, tx, code)
}

type brokenNotices struct{ *broken }

func (b brokenNotices) Send(context.Context, *db.Tx, cert.Notice) error {
	if b.notice {
		return errBroken
	}
	return nil
}

type brokenEvents struct{ *broken }

func (b brokenEvents) Emit(context.Context, *db.Tx, event.Event) error {
	if b.event {
		return errBroken
	}
	return nil
}

type brokenLog struct {
	*audit.Log
	b *broken
}

func (l brokenLog) Append(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	if l.b.log == "before" {
		return errBroken
	}
	if err := l.Log.Append(ctx, tx, e); err != nil || l.b.log == "" {
		return err
	}
	return errBroken
}

type brokenKeys struct {
	*sm.Keyring
	b *broken
}

func (k brokenKeys) Signer(name string) (crypto.Signer, error) {
	switch {
	case k.b.signer:
		return nil, errBroken
	case k.b.forged:
		return sm.GenerateSM2() // a signer that is not the one whose key the world knows
	}
	return k.Keyring.Signer(name)
}

func (k brokenKeys) Seal(plain, aad []byte) ([]byte, error) {
	if k.b.seal {
		return nil, errBroken
	}
	return k.Keyring.Seal(plain, aad)
}

type brokenPaper struct {
	*paper.Writer
	b *broken
}

func (p brokenPaper) Set(s paper.Sheet) (*paper.Page, error) {
	if p.b.paper {
		return nil, errBroken
	}
	return p.Writer.Set(s)
}

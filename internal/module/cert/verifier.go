package cert

import (
	"context"
	"slices"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// Subjects knows people and companies, met by the account module: how others may read a name, and who has this number and name ("" for none).
type Subjects interface {
	Called(ctx context.Context, tx *db.Tx, id string) (name, kind string, err error)
	Find(ctx context.Context, tx *db.Tx, kind, number, name string) (id, shown string, err error)
	Put(ctx context.Context, by actor.Actor, list []HolderOf) (ids []string, err error)
}

// HolderOf is a holder as a table names them. Put registers those nobody knows yet; the id of a number that belongs to another name is "".
type HolderOf struct{ Kind, Number, Name string }

// The kinds of verifiers: what is shown depends on them, see [Type].
const (
	VerifierOfficer  = "officer"
	VerifierCompany  = "company"
	VerifierPerson   = "person"
	VerifierStranger = "stranger"
)

// Purposes are what a certificate is verified or used for (用途), in the order pages show them; each is a line of the locales.
var Purposes = []string{"identity", "service", "inspection", "contract", "employment", "lodging", "court", "other"}

func checkPurpose(purpose string) error {
	if slices.Contains(Purposes, purpose) {
		return nil
	}
	return fault.New(fault.Invalid, "cert.purpose_missing").Field("purpose", "cert.purpose_missing")
}

// verifier is who verifies, as the holder will read it.
type verifier struct {
	Kind string
	Who  string // "" for a stranger
	Post string // of an officer
}

// stored is the kind as rows keep it: nothing for a stranger.
func (v verifier) stored() string {
	if v.Kind == VerifierStranger {
		return ""
	}
	return v.Kind
}

func (s *Service) verifierOf(ctx context.Context, tx *db.Tx, by actor.Actor) (verifier, error) {
	switch by.Kind {
	case actor.Officer:
		return verifier{VerifierOfficer, by.Post, by.Post}, nil
	case actor.Person:
		name, kind, err := s.needs.Subjects.Called(ctx, tx, by.For())
		return verifier{Kind: kind, Who: name}, err
	}
	return verifier{Kind: VerifierStranger}, nil
}

// shownTo keeps what a kind of verifier may read of a certificate; whole tells whether that is all of it.
func (t Type) shownTo(kind string, c *Shown) (whole bool) {
	keys, limited := t.Shows[kind]
	if !limited {
		return true
	}
	c.Lines = slices.DeleteFunc(slices.Clone(c.Lines), func(l Line) bool { return !slices.Contains(keys, l.Key) })
	if !slices.Contains(keys, "number") {
		c.Number = ""
	}
	return false
}

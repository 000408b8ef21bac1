package seal

import (
	"context"
	"errors"
	"time"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/ses"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/timestamp"
)

// Trust returns whom this installation believes about seals: its root, its register and its revocations.
func (s *Service) Trust(ctx context.Context) (ses.Trust, error) {
	root, err := s.trusted(ctx)
	if err != nil {
		return ses.Trust{}, err
	}
	time, err := s.TimestampRoots(ctx)
	if err != nil {
		return ses.Trust{}, err
	}
	trust := ses.Trust{Roots: sm.NewPool(root...), Known: s, Revocations: s, Seals: s, Timestamps: tokens{time}}
	western, err := s.stored(ctx, pdfRoot)
	if err == nil {
		trust.Western = sm.NewPool(western)
	} else if !errors.Is(err, db.ErrNotFound) {
		return ses.Trust{}, err
	}
	return trust, nil
}

// TimestampRoots returns whom this installation believes about time: its root, and the root that was brought for timestamps alone.
func (s *Service) TimestampRoots(ctx context.Context) (*sm.Pool, error) {
	roots, err := s.trusted(ctx)
	if err != nil {
		return nil, err
	}
	outside, err := s.stored(ctx, timestampRoot)
	if err == nil {
		roots = append(roots, outside)
	} else if !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	return sm.NewPool(roots...), nil
}

// trusted is the root: the built-in authority's, or the one that was brought.
func (s *Service) trusted(ctx context.Context) ([]*sm.Certificate, error) {
	if s.needs.BuiltIn {
		c, err := s.root(ctx, actor.Program("seal"))
		return []*sm.Certificate{c}, err
	}
	c, err := s.stored(ctx, rootKey)
	if err != nil {
		return nil, errNoAuthority
	}
	return []*sm.Certificate{c}, nil
}

// tokens meets ses.Timestamps.
type tokens struct{ roots *sm.Pool }

// Time implements ses.Timestamps.
func (t tokens) Time(_ context.Context, token, over []byte) (time.Time, error) {
	return timestamp.Verify(token, over, t.roots)
}

// Check judges a signature against the digest of the document it should be on, item by item. Anybody may ask.
func (s *Service) Check(ctx context.Context, signature, digest []byte) ([]ses.Result, error) {
	trust, err := s.Trust(ctx)
	if err != nil {
		return nil, err
	}
	return ses.Check(ctx, signature, digest, trust, time.Now()), nil
}
